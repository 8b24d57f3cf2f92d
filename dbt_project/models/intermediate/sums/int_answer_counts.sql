-- depends_on: {{ ref('stg_waves') }}
-- The cells of items, rolled up to groups, also of answers that are no score.
with counts as (

    select
        cells.subject_number,
        groups.group_number,
        cells.answer,
        sum(cells.respondents)::bigint as respondents,
        sum(cells.weight_sum) as weight_sum,
    from {{ ref('int_cell_values') }} as cells
    inner join {{ ref('int_profile_groups') }} as groups using (wave_id, profile_id)
    where answer is not null and {{ is_of_wave_to_sum() }}
    group by all

)

-- Numbers are another run's; names stay.
select
    wave_id,
    sources.wave_version,
    subjects.subject_id as item_id,
    groups.breakdown,
    groups.group_code,
    counts.answer,
    counts.respondents,
    counts.weight_sum,
from counts
inner join {{ ref('int_groups') }} as groups using (group_number)
inner join {{ ref('int_wave_sources') }} as sources using (wave_id)
inner join {{ ref('int_subjects') }} as subjects using (subject_number)
