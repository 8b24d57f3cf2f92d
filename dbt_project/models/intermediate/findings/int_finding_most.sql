-- More than half of the contrasts one way, and no more than a tenth the other way.
select
    evidence.wave_id,
    evidence.finding_id,
    count_if(evidence.is_as_claimed) * 2 > count(*) and count_if(evidence.is_opposite) * 10 <= count(*) as is_shown,
    count_if(evidence.is_opposite) * 2 > count(*) and count_if(evidence.is_as_claimed) * 10 <= count(*) as is_opposite,
from {{ ref('int_finding_evidence') }} as evidence
inner join {{ ref('int_findings') }} as findings using (wave_id, finding_id)
where findings.rule = 'most'
group by all
