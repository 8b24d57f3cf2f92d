select wave_id, margin_cell, count(*) as respondents
from {{ ref('stg_backgrounds') }}
inner join {{ ref('stg_weightings') }} using (wave_id)
where weighting = 'margins'
group by all
