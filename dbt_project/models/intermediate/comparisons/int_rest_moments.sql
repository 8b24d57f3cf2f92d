-- The rest of a group: everyone else in its break-down. Sums, so the group is taken off the whole.
{%- set sums = [
    'respondents', 'value_sum', 'value_square_sum', 'weight_sum', 'weighted_value_sum',
    'weighted_value_square_sum', 'weight_square_sum', 'weight_square_value_sum',
    'weight_square_value_square_sum',
] %}
with moments as (

    select * from {{ ref('int_moments') }} where breakdown <> 'total'

),

everyone as (

    select wave_id, subject_id, measure, breakdown, stratum, post_stratum,
        {%- for name in sums %}
        sum({{ name }}) as {{ name }},
        {%- endfor %}
    from moments
    group by all

),

groups as (

    select distinct wave_id, subject_id, measure, breakdown, group_code from moments

)

select
    wave_id,
    subject_id,
    measure,
    breakdown,
    groups.group_code,
    stratum,
    post_stratum,
    {%- for name in sums %}
    {{ "(" if name == 'respondents' }}everyone.{{ name }} - coalesce(own.{{ name }}, 0){{ ")::bigint" if name == 'respondents' }} as {{ name }},
    {%- endfor %}
from everyone
inner join groups using (wave_id, subject_id, measure, breakdown)
left join moments as own
    using (wave_id, subject_id, measure, breakdown, group_code, stratum, post_stratum)
where everyone.respondents > coalesce(own.respondents, 0)
