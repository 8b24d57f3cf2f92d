{{ config(materialized='view') }}

select
    cells.* exclude (wave_version),
    strata.post_stratum_respondents,
    strata.stratum_respondents,
    strata.sampling_fraction,
from {{ ref('driver_cells') }} as cells
inner join {{ ref('int_strata') }} as strata using (wave_id, stratum, post_stratum)
