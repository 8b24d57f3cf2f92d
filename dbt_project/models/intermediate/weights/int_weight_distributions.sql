select
    wave_id,
    versions.weight_version,
    cells.respondents,
    cells.weight_sum / scales.weight_scale as weight_sum,
    cells.smallest_weight / scales.weight_scale as smallest_weight,
    cells.weight_quartile_1 / scales.weight_scale as weight_quartile_1,
    cells.median_weight / scales.weight_scale as median_weight,
    cells.weight_quartile_3 / scales.weight_scale as weight_quartile_3,
    cells.largest_weight / scales.weight_scale as largest_weight,
    cells.respondents * (cells.weight_square_sum / scales.weight_square_scale)
    / pow(cells.weight_sum / scales.weight_scale, 2) as design_effect,
    cells.respondents / design_effect as effective_n,
    -- Rounding may leave equal weights an effect just under 1.
    sqrt(greatest(0, design_effect - 1)) as coefficient_of_variation,
    cells.out_of_bounds_respondents,
from {{ ref('weight_cells') }} as cells
inner join {{ ref('stg_weight_scales') }} as scales using (wave_id)
inner join {{ ref('stg_weight_versions') }} as versions using (wave_id)
