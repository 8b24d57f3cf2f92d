-- A wave and the one before it that it is compared with, where both are loaded.
select
    waves.wave_id,
    waves.previous_wave_id,
    previous.fieldwork_end as previous_fieldwork_end,
    waves.fieldwork_end,
from {{ ref('waves') }} as waves
inner join {{ ref('stg_waves') }} as loaded using (wave_id)
inner join {{ ref('waves') }} as previous on waves.previous_wave_id = previous.wave_id
inner join {{ ref('stg_waves') }} as loaded_previous on previous.wave_id = loaded_previous.wave_id
