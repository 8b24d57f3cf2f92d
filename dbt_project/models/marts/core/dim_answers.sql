select
    scale_id,
    answer,
    meaning,
    is_favourable,
    label_nl,
    label_en,
from {{ ref('scales') }}
