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

    select
        members.*,
        cells.respondents,
        cells.weight_sum,
        cells.weighted_value_sum,
        cells.weighted_value_square_sum,
        square_factor * cells.weight_square_value_square_sum as value_square,
        square_factor * cells.weight_square_value_sum as value_weight_square,
        square_factor * cells.weight_square_sum as weight_square,
    from {{ ref('int_finding_members') }} as members
    inner join {{ ref('finding_cells') }} as cells
        on members.wave_id = cells.wave_id
        and members.finding_id = cells.finding_id
        and members.breakdown = cells.breakdown
        and members.member_code = cells.group_code
        and members.measure = 'within_respondents'
    inner join {{ ref('int_strata') }} as strata
        on cells.wave_id = strata.wave_id and cells.post_stratum = strata.post_stratum

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
