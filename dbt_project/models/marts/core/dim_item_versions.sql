select
    wave_id,
    item_id,
    theme_id,
    scale_id,
    wording,
    comparability,
    comparability_note,
from {{ ref('stg_item_versions') }}
