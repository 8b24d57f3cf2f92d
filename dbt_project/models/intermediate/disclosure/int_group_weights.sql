-- Where all of a group have one weight, weighted figures count the groups of its break-down once more. How
-- many of a group have which of several weights is not known, and those tell nothing.
with groups as (

    select
        wave_id,
        breakdown,
        group_code,
        min(population_weight) as lowest_weight,
        max(population_weight) as highest_weight,
    from {{ ref('int_profile_groups') }}
    where population_weight is not null
    group by all

)

select *
from groups
qualify
    count_if(lowest_weight = highest_weight) over (partition by wave_id, breakdown) > 0
    and min(lowest_weight) over (partition by wave_id) < max(highest_weight) over (partition by wave_id)
