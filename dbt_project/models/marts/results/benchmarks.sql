-- Each group among the other groups of its break-down, and against the wave before.
with results as (

    select wave_id, theme_id, item_id, breakdown, group_code, mean, is_suppressed, suppression_reason
    from {{ ref('item_results') }}
    union all by name
    select wave_id, theme_id, 'score' as item_id, breakdown, group_code, mean, is_suppressed, suppression_reason
    from {{ ref('theme_results') }}

),

peers as (

    select
        own.wave_id,
        own.theme_id,
        own.item_id,
        own.breakdown,
        own.group_code,
        count(peer.mean) as peers,
        {%- for name, part in [('peer_median', 0.5), ('peer_quartile_low', 0.25), ('peer_quartile_high', 0.75)] %}
        case when count(peer.mean) >= 3 then quantile_cont(peer.mean, {{ part }}) end as {{ name }},
        {%- endfor %}
    from results as own
    left join results as peer
        on own.wave_id = peer.wave_id
        and own.theme_id = peer.theme_id
        and own.item_id = peer.item_id
        and own.breakdown = peer.breakdown
        and own.group_code <> peer.group_code
    where own.breakdown <> 'total'
    group by all

),

-- Of organisations: as they are now.
trends as (

    select wave_id, theme_id, item_id, breakdown, group_code, previous_mean,
        difference as difference_from_previous,
        verdict as verdict_from_previous,
    from {{ ref('trends') }}
    where basis <> 'as_it_was'

)

select
    wave_id,
    theme_id,
    item_id,
    breakdown,
    group_code,
    results.mean,
    {%- for column in ['peers', 'peer_median', 'peer_quartile_low', 'peer_quartile_high'] %}
    {{ shown(column) }},
    {%- endfor %}
    case
        when is_suppressed then null
        when peers.peer_median is null then 'too few peers'
        when round(results.mean, 12) > round(peers.peer_quartile_high, 12) then 'above its peers'
        when round(results.mean, 12) < round(peers.peer_quartile_low, 12) then 'below its peers'
        else 'among its peers'
    end as place,
    trends.previous_mean,
    trends.difference_from_previous,
    trends.verdict_from_previous,
    is_suppressed,
    suppression_reason,
from results
inner join peers using (wave_id, theme_id, item_id, breakdown, group_code)
left join trends using (wave_id, theme_id, item_id, breakdown, group_code)
