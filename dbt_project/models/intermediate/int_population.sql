-- The population is known by sampled unit and role: the break-downs made of just these have headcounts.
with population as (

    select wave_id, stratum, role, headcount from {{ ref('population') }}

)

select wave_id, 'total' as breakdown, 'all' as group_code, sum(headcount)::bigint as headcount
from population
group by all

union all

select wave_id, 'organisation', stratum, sum(headcount)::bigint
from population
group by all

union all

select wave_id, 'role', role, sum(headcount)::bigint
from population
where role is not null
group by all
