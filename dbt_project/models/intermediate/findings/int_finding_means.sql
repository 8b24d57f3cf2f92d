{%- set sums = [
    'respondents', 'weight_sum', 'weighted_value_sum', 'weighted_value_square_sum',
    'value_square', 'value_weight_square', 'weight_square',
] %}
with totals as (

    select members.*, totals.* exclude (subject_number, group_number)
    from {{ ref('int_finding_members') }} as members
    inner join {{ ref('int_group_totals') }} as totals using (subject_number, group_number)
    where not totals.is_favourable

    union all by name

    select * exclude (post_stratum_number) from {{ ref('int_finding_within') }}

)

select
    wave_id,
    finding_id,
    measure,
    subject_id,
    group_code,
    reference_code,
    term,
    any_value(signed_coefficient) as coefficient,
    any_value(signed_baseline) as baseline,
    {%- for name in sums %}
    sum({{ name }}){{ "::bigint" if name == 'respondents' }} as {{ name }},
    {%- endfor %}
    sum(weighted_value_sum) / sum(weight_sum) as mean,
    greatest(0, sum(respondents) * (sum(weighted_value_square_sum) / sum(weight_sum) - pow(mean, 2)))
        as square_deviation_sum,
from totals
group by all
