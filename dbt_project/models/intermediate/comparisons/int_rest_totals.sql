-- The rest of a group: everyone else in its break-down. Totals, so the group is taken off the whole.
with own as (

    select totals.*, breakdown_number
    from {{ ref('int_group_totals') }} as totals
    inner join {{ ref('int_groups') }} using (group_number)
    inner join {{ ref('int_subjects') }} using (subject_number)
    where breakdown <> 'total' and kind <> 'shared_theme'

),

-- What varies with everyone, added over all groups, is what everyone varies.
everyone as (

    select subject_number, is_favourable, breakdown_number,
        {%- for name in additive_totals() %}
        sum({{ name }}) as {{ name }},
        {%- endfor %}
        sum(value_everyone_value) as value_variance,
        sum(value_everyone_weight) as covariance,
        sum(weight_everyone_weight) as weight_variance,
    from own
    group by all

),

strata as (

    select subject_number, is_favourable, breakdown_number, count(distinct stratum_number) as strata
    from {{ ref('int_post_stratum_totals') }}
    inner join {{ ref('int_groups') }} using (group_number)
    inner join {{ ref('int_strata') }} using (post_stratum_number)
    group by all

)

select
    subject_number,
    is_favourable,
    group_number,
    {%- for name in additive_totals() %}
    everyone.{{ name }} - own.{{ name }} as {{ name }},
    {%- endfor %}
    strata.strata as everyone_strata,
    everyone.value_variance + own.value_variance - 2 * own.value_everyone_value as value_variance,
    everyone.covariance + own.covariance - own.value_everyone_weight - own.weight_everyone_value as covariance,
    everyone.weight_variance + own.weight_variance - 2 * own.weight_everyone_weight as weight_variance,
    -- Of a total of the group with one of the rest.
    own.value_everyone_value - own.value_variance as value_rest_value,
    own.value_everyone_weight - own.covariance as value_rest_weight,
    own.weight_everyone_value - own.covariance as weight_rest_value,
    own.weight_everyone_weight - own.weight_variance as weight_rest_weight,
from own
inner join everyone using (subject_number, is_favourable, breakdown_number)
inner join strata using (subject_number, is_favourable, breakdown_number)
where everyone.respondents > own.respondents
