{{ config(materialized="view") }}

select
    cells.* exclude (weight_sum, weight_square_sum),
    {{ exact_weights() }}
from {{ ref('relation_cells') }} as cells
inner join (
    select distinct wave_id, post_stratum, population_weight, weight_scale, weight_square_scale
    from {{ ref('stg_post_strata') }}
) as groups using (wave_id, post_stratum)
