-- A claim that names no item speaks of all of its themes that the wave asks.
with midpoints as (

    select wave_id, item_id, (min(answer) + max(answer)) / 2 as midpoint
    from {{ ref('stg_item_answers') }}
    where meaning = 'answer'
    group by all

)

select
    findings.wave_id,
    findings.finding_id,
    versions.item_id,
    versions.theme_id,
    len(findings.named_items) = 0 or versions.item_id in findings.named_items as is_named,
    midpoints.midpoint,
from {{ ref('int_findings') }} as findings
inner join {{ ref('stg_item_versions') }} as versions
    on findings.wave_id = versions.wave_id and versions.theme_id in findings.themes
inner join midpoints
    on versions.wave_id = midpoints.wave_id and versions.item_id = midpoints.item_id
