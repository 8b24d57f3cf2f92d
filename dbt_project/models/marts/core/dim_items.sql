with versions as (

    select
        item_id,
        min(wave_id) as first_wave_id,
        max(wave_id) as last_wave_id,
    from {{ ref('item_versions') }}
    group by all

)

select
    items.item_id,
    items.theme_id,
    items.label_nl,
    items.label_en,
    items.valence,
    items.position,
    versions.first_wave_id,
    versions.last_wave_id,
from {{ ref('items') }} as items
inner join versions using (item_id)
