-- A contrast adds means of sets of groups (terms), each with its coefficient.
with groups as (

    select
        *,
        string_agg(group_code, '|' order by position) filter (side = 'a') over in_claim as a_codes,
        string_agg(group_code, '|' order by position) filter (side = 'b') over in_claim as b_codes,
        min(position) over in_claim as first_position,
        count(*) over in_claim as groups,
        position - avg(position) over in_claim as step,
    from {{ ref('int_finding_groups') }}
    window in_claim as (partition by wave_id, finding_id)

),

pairs as (

    select own.*, other.side as other_side, other.group_code as other_code
    from groups as own
    inner join groups as other using (wave_id, finding_id)

)

-- One set against the other.
select
    wave_id,
    finding_id,
    a_codes as group_code,
    if(is_rest, 'rest', b_codes) as reference_code,
    side as term,
    group_code as member_code,
    if(side = 'a', 1, -1)::double as coefficient,
    2 as terms,
from groups
where comparison = 'sides' and a_codes is not null and b_codes is not null

union all

-- A set against every group of the other side.
select wave_id, finding_id, a_codes, other_code, 'a', group_code, 1, 2
from pairs
where comparison = 'each_other' and side = 'a' and other_side = 'b'

union all

select wave_id, finding_id, a_codes, group_code, 'b', group_code as member_code, -1, 2
from groups
where comparison = 'each_other' and side = 'b' and a_codes is not null

union all

-- Every group against the rest; of two groups, each is the other's rest.
select wave_id, finding_id, group_code, 'rest', if(other_code = group_code, 'a', 'b'), other_code,
    if(other_code = group_code, 1, -1), 2,
from pairs
where comparison = 'each_against_rest' and (groups > 2 or (groups = 2 and position = first_position))

union all

-- A group by itself: against the middle of the scale, or for what is compared within the whole wave.
select wave_id, finding_id, group_code, if(comparison = 'level', 'midpoint', 'none'), 'a', group_code as member_code, 1, 1
from groups
where comparison in ('level', 'in_total') and side = 'a'

union all

-- The slope over ordered groups, downwards.
select wave_id, finding_id, a_codes, 'gradient', group_code, group_code as member_code,
    -step / sum(pow(step, 2)) over (partition by wave_id, finding_id), groups,
from groups
where comparison = 'gradient' and groups > 1
