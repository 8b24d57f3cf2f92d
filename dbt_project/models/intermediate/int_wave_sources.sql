{{ config(materialized="view") }}

-- The sums of a wave are made of its cells and of its weights, which may change without them.
with sources as (

    select wave_id, wave_version as source from {{ ref('stg_waves') }}
    union all
    select wave_id, format('{}', weights) from {{ ref('stg_post_strata') }} as weights
    union all
    select distinct wave_id, concat(trend_wave_id, '|', wave_version) from {{ ref('trend_cells') }}

)

select wave_id, left(md5(string_agg(source, chr(10) order by source)), 12) as wave_version
from sources
group by all
