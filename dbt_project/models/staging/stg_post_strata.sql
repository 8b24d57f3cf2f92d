{{ config(materialized='table') }}

select weights.*, scales.weight_scale, scales.weight_square_scale
from {{ ref('stg_shared_weights') }} as weights
inner join {{ ref('stg_weight_scales') }} as scales using (wave_id)
