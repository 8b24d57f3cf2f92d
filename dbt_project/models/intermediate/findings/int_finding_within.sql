{{ config(materialized="view") }}

-- What respondents show within themselves, for the groups of each term of a contrast.
select
    members.*,
    strata.post_stratum_number,
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
inner join {{ ref('int_strata') }} as strata
    on cells.wave_id = strata.wave_id and cells.post_stratum = strata.post_stratum
where members.measure = 'within_respondents'
