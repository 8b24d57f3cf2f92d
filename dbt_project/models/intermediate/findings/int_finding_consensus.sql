{{ config(materialized="view") }}

-- How far people agree within the group where they agree least, over the items of a claim.
with groups as (

    select findings.wave_id, findings.finding_id, shapes.group_code, avg(shapes.consensus) as consensus
    from {{ ref('int_findings') }} as findings
    inner join {{ ref('int_finding_items') }} as items using (wave_id, finding_id)
    inner join {{ ref('int_item_shapes') }} as shapes
        on findings.wave_id = shapes.wave_id
        and findings.breakdown = shapes.breakdown
        and items.item_id = shapes.item_id
    where findings.rule = 'agree' and items.is_named
    group by all

)

select wave_id, finding_id, min(consensus) as consensus
from groups
group by all
