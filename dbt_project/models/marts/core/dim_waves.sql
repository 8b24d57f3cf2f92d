select
    waves.wave_id,
    waves.label_nl,
    waves.label_en,
    waves.fieldwork_start,
    waves.fieldwork_end,
    waves.previous_wave_id,
    waves.is_synthetic,
    waves.source,
    designs.weighting,
    designs.strata,
    loaded.revision,
    loaded.sha256,
    loaded.row_count as respondents,
from {{ ref('waves') }} as waves
inner join {{ ref('stg_waves') }} as loaded using (wave_id)
inner join {{ ref('int_designs') }} as designs using (wave_id)
