{{ config(materialized="view") }}

with item_counts as (

    select counts.*, answers.meaning, answers.is_favourable
    from {{ ref('int_answer_counts') }} as counts
    inner join {{ ref('stg_item_answers') }} as answers using (wave_id, item_id, answer)
    where answers.meaning = 'answer'

)

select
    wave_id,
    item_id as subject_id,
    'item_score' as measure,
    breakdown,
    group_code,
    stratum,
    post_stratum,
    answer::double as value,
    respondents,
    weight_sum,
    weight_square_sum,
from item_counts

union all

select
    wave_id,
    item_id,
    'item_favourable',
    breakdown,
    group_code,
    stratum,
    post_stratum,
    is_favourable::double,
    respondents,
    weight_sum,
    weight_square_sum,
from item_counts

union all

select
    cells.wave_id,
    cells.theme_id,
    'theme_score',
    groups.breakdown,
    groups.group_code,
    groups.stratum,
    groups.post_stratum,
    cells.score_sum / cells.items_answered,
    cells.respondents,
    {{ exact_weights() }}
from {{ ref('theme_cells') }} as cells
inner join {{ ref('int_profile_groups') }} as groups using (wave_id, profile_id)
