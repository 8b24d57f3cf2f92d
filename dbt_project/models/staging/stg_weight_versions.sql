-- All that the weights of a wave are made of.
with ingredients as (

    -- An erasure is a revision of the same file.
    select wave_id, 'all' as used_by, concat_ws('|', sha256, revision) as ingredient from {{ ref('stg_waves') }}
    union all
    select wave_id, 'all', weighting from {{ ref('stg_weightings') }}
    union all
    select wave_id, 'all', format('{}', attribute_columns) from {{ ref('attribute_columns') }} as attribute_columns
    union all
    select wave_id, 'all', format('{}', attribute_codes) from {{ ref('attribute_codes') }} as attribute_codes
    union all
    select wave_id, 'population', format('{}', population) from {{ ref('population') }} as population
    union all
    select wave_id, 'margins', format('{}', margins) from {{ ref('population_margins') }} as margins
    union all
    select wave_id, 'margins', format('{}', bounds) from {{ ref('weight_bounds') }} as bounds

)

select wave_id, left(md5(string_agg(ingredient, chr(10) order by ingredient)), 12) as weight_version
from ingredients
inner join {{ ref('stg_weightings') }} using (wave_id)
where used_by in ('all', weighting)
group by all
