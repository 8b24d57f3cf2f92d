{{ config(materialized="view") }}

-- What is counted gives two measures each: a score, and how much of it is favourable.
with counts as (

    select
        counts.* exclude (item_id, answer),
        counts.item_id as subject_id,
        [
            struct_pack(measure := 'item_score', value := answers.answer::double),
            struct_pack(measure := 'item_favourable', value := answers.is_favourable::double),
        ] as measures,
    from {{ ref('int_answer_counts') }} as counts
    inner join {{ ref('stg_item_answers') }} as answers using (wave_id, item_id, answer)
    where answers.meaning = 'answer'

    union all by name

    select
        cells.wave_id,
        cells.theme_id as subject_id,
        groups.breakdown,
        groups.group_code,
        groups.stratum,
        groups.post_stratum,
        cells.respondents,
        {{ exact_weights() }}
        [
            struct_pack(measure := 'theme_score', value := cells.score_sum / cells.items_answered),
            struct_pack(measure := 'theme_favourable', value := cells.favourable_answered / cells.items_answered),
        ] as measures,
    from {{ ref('theme_cells') }} as cells
    inner join {{ ref('int_profile_groups') }} as groups using (wave_id, profile_id)

)

select * exclude (measures), unnest(measures, recursive := true)
from counts
