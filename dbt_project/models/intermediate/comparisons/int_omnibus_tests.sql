-- Wald's F of no difference between the groups, as R's regTermTest; Welch's analysis of variance beside it.
with grid as (

    select
        own.wave_id,
        own.subject_id,
        own.measure,
        own.breakdown,
        own.group_code,
        own.mean,
        own.respondents,
        list(
            case
                when own.group_code = other.group_code then own.variance
                -- What does not vary, varies with nothing.
                when own.variance > 0 and other.variance > 0 then coalesce(covariances.covariance, 0)
                else 0
            end
            order by other.group_code
        ) as covariances,
    from {{ ref('int_tested_groups') }} as own
    inner join {{ ref('int_tested_groups') }} as other using (wave_id, subject_id, measure, breakdown)
    left join {{ ref('int_group_covariances') }} as covariances
        on {{ same_subject('own', 'covariances') }}
        and covariances.group_code = least(own.group_code, other.group_code)
        and covariances.other_code = greatest(own.group_code, other.group_code)
    group by all

),

strata as (

    select tested.wave_id, subject_id, measure, breakdown, count(distinct stratum_number) as strata
    from {{ ref('int_post_stratum_totals') }}
    inner join {{ ref('int_tested_groups') }} as tested using (subject_number, is_favourable, group_number)
    inner join {{ ref('int_strata') }} using (post_stratum_number)
    group by all

),

tests as (

    select
        wave_id,
        subject_id,
        measure,
        breakdown,
        count(*) as groups,
        sum(respondents)::bigint as respondents,
        wald_f(list(mean order by group_code), list(covariances order by group_code)) as wald_f,
    from grid
    group by all
    having count(*) > 1

)

select
    tests.*,
    groups - 1 as numerator_degrees_of_freedom,
    respondents - strata - groups + 1 as denominator_degrees_of_freedom,
    f_tail(wald_f, numerator_degrees_of_freedom::double, denominator_degrees_of_freedom::double) as p_value,
    welch.welch_f,
    welch.welch_denominator_degrees_of_freedom,
    welch.welch_p_value,
from tests
inner join strata using (wave_id, subject_id, measure, breakdown)
left join {{ ref('int_welch_tests') }} as welch using (wave_id, subject_id, measure, breakdown)
