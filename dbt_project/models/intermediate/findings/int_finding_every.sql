-- A claim of which every contrast must hold: one that significantly does not hold contradicts it.
select
    evidence.wave_id,
    evidence.finding_id,
    bool_and(evidence.is_as_claimed) and coalesce(any_value(ranks.place <= ranks.last_place), true) as is_shown,
    bool_or(evidence.is_opposite) as is_opposite,
from {{ ref('int_finding_evidence') }} as evidence
inner join {{ ref('int_findings') }} as findings using (wave_id, finding_id)
left join {{ ref('int_finding_ranks') }} as ranks using (wave_id, finding_id)
where findings.rule = 'every'
group by all
