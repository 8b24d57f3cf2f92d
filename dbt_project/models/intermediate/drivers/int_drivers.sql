select
    wave_id,
    theme_id,
    degrees_of_freedom,
    unnest(coefficients, recursive := true),
from {{ ref('int_driver_models') }}
