select
    wave_id,
    revision,
    item_id,
    breakdown,
    group_code,
    mean,
    standard_error,
from {{ source('raw', 'figures_before') }}
