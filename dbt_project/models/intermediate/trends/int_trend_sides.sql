-- Both waves of each pair, with the version of their trend: of the wave, and of the items that both ask.
with sides as (

    select wave_id as trend_wave_id, unnest([wave_id, previous_wave_id]) as wave_id
    from {{ ref('int_wave_pairs') }}

),

shared as (

    select wave_id as trend_wave_id, left(md5(string_agg(item_id, ',' order by item_id)), 8) as items
    from {{ ref('int_trend_items') }}
    group by wave_id

)

select
    trend_wave_id,
    wave_id,
    concat(waves.wave_version, '-', shared.items) as wave_version,
from sides
inner join shared using (trend_wave_id)
inner join {{ ref('stg_waves') }} as waves using (wave_id)
