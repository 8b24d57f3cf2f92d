-- Every group against the rest of its break-down; where the codebook asks for pairs, each two groups.
with sides as (

    select wave_id, subject_id, measure, breakdown, group_code, side, respondents, degrees_of_freedom
    from {{ ref('int_means') }}
    where breakdown <> 'total'

),

positions as (

    select breakdowns.breakdown, groups.group_code, groups.position
    from {{ ref('breakdowns') }} as breakdowns
    inner join {{ ref('groups') }} as groups on breakdowns.attribute_1 = groups.attribute_id
    where breakdowns.compare_pairs

),

against_rest as (

    select own.*, 'rest' as reference_code, 'rest' as kind
    from sides as own
    inner join sides as rest using (wave_id, subject_id, measure, breakdown, group_code)
    where own.side = 'group' and rest.side = 'rest'

),

pairs as (

    select own.*, reference.group_code as reference_code, 'pairs' as kind
    from sides as own
    inner join positions using (breakdown, group_code)
    inner join sides as reference using (wave_id, subject_id, measure, breakdown)
    inner join positions as later
        on reference.breakdown = later.breakdown and reference.group_code = later.group_code
    where own.side = 'group' and reference.side = 'group' and later.position > positions.position

)

select wave_id, subject_id, measure, breakdown, group_code, reference_code, kind
from against_rest
union all
select wave_id, subject_id, measure, breakdown, group_code, reference_code, kind
from pairs
