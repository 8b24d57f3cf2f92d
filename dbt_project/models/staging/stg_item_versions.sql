with scale_of_code_list as (

    select distinct code_list, scale_id from {{ ref('answer_codes') }}

)

select
    versions.wave_id,
    versions.item_id,
    items.theme_id,
    scale_of_code_list.scale_id,
    versions.wording,
    versions.comparability,
    versions.comparability_note,
from {{ ref('item_versions') }} as versions
inner join {{ ref('stg_waves') }} using (wave_id)
inner join {{ ref('items') }} as items using (item_id)
inner join scale_of_code_list using (code_list)
