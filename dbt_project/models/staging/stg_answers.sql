-- depends_on: {{ ref('items') }}
-- depends_on: {{ ref('item_versions') }}
with answers as (

    unpivot (
        select
            wave_id,
            respondent_key,
            {%- for item in all_items() %}
            {{ quoted(item.item_column) }} as {{ quoted(item.item_id) }},
            {%- endfor %}
        from {{ ref('stg_responses') }}
    )
    on columns(* exclude (wave_id, respondent_key))
    into name item_id value answer

)

-- An item that the wave did not ask is NULL in the wide table and has no row here.
select
    answers.wave_id,
    answers.respondent_key,
    answers.item_id,
    answers.answer,
    scales.meaning,
    case when scales.meaning = 'answer' then answers.answer end as score,
    scales.is_favourable,
from answers
inner join {{ ref('stg_item_answers') }} as scales using (wave_id, item_id, answer)
