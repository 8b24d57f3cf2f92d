-- Wald's F of no difference between the groups, as R's regTermTest; Welch's analysis of variance beside it.
{%- set test = 'wave_id, subject_id, measure, breakdown' %}
with groups as (

    select
        *,
        row_number() over (partition by {{ test }} order by group_code) as place,
    from {{ ref('int_tested_groups') }}

),

-- What does not vary, varies with nothing.
covariances as (

    select
        {{ test }},
        list({ 'place': own.place, 'other_place': other.place, 'covariance': covariances.covariance }) as covariances,
    from {{ ref('int_group_covariances') }} as covariances
    inner join groups as own using ({{ test }}, group_code)
    inner join groups as other
        on {{ same_subject('covariances', 'other') }} and covariances.other_code = other.group_code
    where own.variance > 0 and other.variance > 0
    group by all

),

strata as (

    select groups.wave_id, subject_id, measure, breakdown, count(distinct stratum_number) as strata
    from {{ ref('int_post_stratum_totals') }}
    inner join groups using (subject_number, is_favourable, group_number)
    inner join {{ ref('int_strata') }} using (post_stratum_number)
    group by all

),

tests as (

    select
        {{ test }},
        count(*) as groups,
        sum(respondents)::bigint as respondents,
        list(mean order by place) as means,
        list(variance order by place) as variances,
    from groups
    group by all
    having count(*) > 1

)

select
    {{ test }},
    tests.groups,
    tests.respondents,
    wald_f(means, variances, coalesce(covariances, [])) as wald_f,
    groups - 1 as numerator_degrees_of_freedom,
    respondents - strata - groups + 1 as denominator_degrees_of_freedom,
    f_tail(wald_f, numerator_degrees_of_freedom::double, denominator_degrees_of_freedom::double) as p_value,
    welch.welch_f,
    welch.welch_denominator_degrees_of_freedom,
    welch.welch_p_value,
from tests
inner join strata using ({{ test }})
left join covariances using ({{ test }})
left join {{ ref('int_welch_tests') }} as welch using ({{ test }})
