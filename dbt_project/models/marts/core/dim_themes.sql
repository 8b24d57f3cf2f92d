select
    theme_id,
    theme_name,
    label_nl,
    label_en,
    position,
from {{ ref('themes') }}
