-- What the contrasts of a claim are of: items, theme scores, or what respondents show within themselves.
select
    findings.wave_id,
    findings.finding_id,
    'item_score' as measure,
    items.item_id as subject_id,
    items.is_named,
    findings.direction,
    if(findings.comparison = 'level', items.midpoint, 0) as baseline,
from {{ ref('int_findings') }} as findings
inner join {{ ref('int_finding_items') }} as items using (wave_id, finding_id)
where
    findings.subjects = 'theme_items'
    or (findings.subjects in ('items', 'items_and_score') and items.is_named)
    or (findings.subjects = 'items_or_score' and items.is_named and len(findings.named_items) > 0)

union all

select
    findings.wave_id,
    findings.finding_id,
    'theme_score',
    items.theme_id,
    true,
    findings.direction,
    avg(if(findings.comparison = 'level', items.midpoint, 0)),
from {{ ref('int_findings') }} as findings
inner join {{ ref('int_finding_items') }} as items using (wave_id, finding_id)
where
    findings.subjects = 'items_and_score'
    or (findings.subjects = 'items_or_score' and len(findings.named_items) = 0)
group by all

union all

-- A tension is a negative correlation.
select wave_id, finding_id, 'within_respondents', finding_id as subject_id, true, if(kind = 'tension', -1, 1), 0
from {{ ref('int_findings') }}
where subjects = 'within' or kind = 'tension'
