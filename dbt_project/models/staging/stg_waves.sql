{{ config(materialized='table') }}

with deliveries as (

    select * from {{ source('raw', 'waves') }}

),

-- All that the codebook says of a wave, and of the scales and passes that every wave shares.
definitions as (

    select wave_id, format('{}', item_versions) as definition from {{ ref('item_versions') }} as item_versions
    union all
    select wave_id, format('{}', attribute_columns) from {{ ref('attribute_columns') }} as attribute_columns
    union all
    select wave_id, format('{}', attribute_codes) from {{ ref('attribute_codes') }} as attribute_codes
    union all
    select wave_id, format('{}', population) from {{ ref('population') }} as population
    union all
    select wave_id, format('{}', margins) from {{ ref('population_margins') }} as margins
    union all
    select wave_id, format('{}', bounds) from {{ ref('weight_bounds') }} as bounds
    union all
    select wave_id, format('{}', answer_codes)
    from {{ ref('answer_codes') }} as answer_codes inner join {{ ref('item_versions') }} using (code_list)
    union all
    select wave_id, format('{}', scales) from deliveries cross join {{ ref('scales') }} as scales
    union all
    select wave_id, format('{}', items) from deliveries cross join {{ ref('items') }} as items
    union all
    select wave_id, format('{}', themes) from deliveries cross join {{ ref('themes') }} as themes
    union all
    select wave_id, format('{}', terms) from deliveries cross join {{ ref('driver_terms') }} as terms
    union all
    select wave_id, format('{}', breakdowns) from deliveries cross join {{ ref('breakdowns') }} as breakdowns
    union all
    -- Small post-strata share a weight.
    select wave_id, format('{}', minimum_group_size) from deliveries cross join {{ ref('survey') }}

),

versions as (

    select wave_id, md5(string_agg(definition, chr(10) order by definition)) as definition_hash
    from definitions
    group by wave_id

)

select
    wave_id,
    revision,
    sha256,
    row_count,
    left(md5(concat_ws('|', sha256, revision, row_count, definition_hash)), 12) as wave_version,
from deliveries
inner join versions using (wave_id)
