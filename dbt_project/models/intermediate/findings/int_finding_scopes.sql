-- Whether a wave asks what a claim is about, and has the groups that it names.
with items as (

    select findings.wave_id, findings.finding_id,
        count(items.item_id) filter (items.item_id in findings.named_items) = len(any_value(findings.named_items))
        and count(distinct items.theme_id) = len(any_value(findings.themes)) as has_items,
    from {{ ref('int_findings') }} as findings
    left join {{ ref('int_finding_items') }} as items using (wave_id, finding_id)
    group by all

),

groups as (

    select wave_id, finding_id, list(group_code) as present
    from {{ ref('int_finding_groups') }}
    group by all

)

select
    findings.wave_id,
    findings.finding_id,
    items.has_items and (groups.present is not null or findings.comparison = 'omnibus') as is_asked,
    -- Where groups are compared, those that the claim names; elsewhere it names items or themes.
    findings.comparison not in ('sides', 'each_other', 'level')
    or coalesce(list_has_all(
        list_append(groups.present, 'rest'), list_concat(findings.groups_a, findings.groups_b)
    ), false) as has_groups,
from {{ ref('int_findings') }} as findings
inner join items using (wave_id, finding_id)
left join groups using (wave_id, finding_id)
