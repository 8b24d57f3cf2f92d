-- What is counted: items, theme scores, and theme scores on the items that two waves share.
with subjects as (

    select 'item' as kind, item_id as subject_id, null as trend_wave_id
    from {{ ref('items') }}
    union all
    select 'theme', theme_id, null
    from {{ ref('themes') }}
    union all
    select distinct 'shared_theme', theme_id, wave_id
    from {{ ref('int_trend_items') }}

)

select
    row_number() over (order by kind, subject_id, trend_wave_id)::integer as subject_number,
    *,
from subjects
