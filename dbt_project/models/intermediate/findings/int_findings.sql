-- Every claim on every loaded wave, with its rule. A list is empty where the codebook names nothing.
select
    waves.wave_id,
    findings.finding_id,
    findings.theme_id,
    findings.kind,
    string_split(findings.theme_id, '|') as themes,
    coalesce(string_split(findings.item_ids, '|'), []) as named_items,
    string_split(findings.attribute, '|') as attributes,
    coalesce(string_split(findings.group_a, '|'), []) as groups_a,
    coalesce(string_split(findings.group_b, '|'), ['rest']) as groups_b,
    coalesce(breakdowns.breakdown, findings.attribute) as breakdown,
    if(kinds.comparison = 'in_total', 'total', coalesce(breakdowns.breakdown, findings.attribute)) as tested_breakdown,
    kinds.comparison,
    kinds.subjects,
    kinds.direction,
    kinds.rule,
from {{ ref('stg_waves') }} as waves
cross join {{ ref('findings') }} as findings
left join {{ ref('int_finding_kinds') }} as kinds using (kind)
left join {{ ref('breakdowns') }} as breakdowns
    on findings.attribute = breakdowns.attribute_1 and breakdowns.attribute_2 is null
