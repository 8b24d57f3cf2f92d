select distinct
    group_number,
    dense_rank() over (order by wave_id, breakdown)::integer as breakdown_number,
    wave_id,
    breakdown,
    group_code,
from {{ ref('int_profile_groups') }}
