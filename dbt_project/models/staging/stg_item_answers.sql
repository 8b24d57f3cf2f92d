select
    versions.wave_id,
    versions.item_id,
    versions.theme_id,
    versions.scale_id,
    scales.answer,
    scales.meaning,
    scales.is_favourable,
from {{ ref('stg_item_versions') }} as versions
inner join {{ ref('scales') }} as scales using (scale_id)
