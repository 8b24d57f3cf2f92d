{{ config(materialized="view") }}

-- What a cell adds to whatever its respondents belong to. An answer that is no score has none.
with cells as (

    select
        cells.* exclude (item_id),
        subjects.subject_number,
        case when answers.meaning = 'answer' then cells.answer::double end as score,
        case when answers.meaning = 'answer' then answers.is_favourable::double end as favourable,
    from {{ ref('answer_cells') }} as cells
    inner join {{ ref('stg_item_answers') }} as answers using (wave_id, item_id, answer)
    inner join {{ ref('int_subjects') }} as subjects on subjects.kind = 'item' and cells.item_id = subjects.subject_id

    union all by name

    select
        cells.* exclude (theme_id),
        subjects.subject_number,
        cells.score_sum / cells.items_answered as score,
        cells.favourable_answered / cells.items_answered as favourable,
    from {{ ref('theme_cells') }} as cells
    inner join {{ ref('int_subjects') }} as subjects on subjects.kind = 'theme' and cells.theme_id = subjects.subject_id

    union all by name

    select
        cells.* exclude (theme_id, trend_wave_id),
        subjects.subject_number,
        cells.score_sum / cells.items_answered as score,
    from {{ ref('trend_cells') }} as cells
    inner join {{ ref('int_subjects') }} as subjects
        on subjects.kind = 'shared_theme'
        and cells.theme_id = subjects.subject_id
        and cells.trend_wave_id = subjects.trend_wave_id

)

select
    wave_id,
    cells.subject_number,
    profile_id,
    cells.answer,
    cells.score,
    cells.favourable,
    cells.respondents,
    {{ exact_weights() }}
from cells
inner join (
    select distinct wave_id, profile_id, population_weight, weight_scale, weight_square_scale
    from {{ ref('int_profile_groups') }}
) as groups using (wave_id, profile_id)
