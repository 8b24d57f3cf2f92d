-- The items that two waves share: the same question, on the same scale.
select
    pairs.wave_id,
    pairs.previous_wave_id,
    versions.item_id,
    versions.theme_id,
    versions.comparability,
from {{ ref('int_wave_pairs') }} as pairs
inner join {{ ref('stg_item_versions') }} as versions using (wave_id)
inner join {{ ref('stg_item_versions') }} as previous
    on pairs.previous_wave_id = previous.wave_id
    and versions.item_id = previous.item_id
where versions.comparability in ('identical', 'reworded')
