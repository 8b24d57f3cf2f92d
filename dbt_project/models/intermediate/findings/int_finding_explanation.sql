-- Every attribute of the claim counts in most of its themes.
with themes as (

    select
        evidence.wave_id,
        evidence.finding_id,
        evidence.subject_id,
        count_if(evidence.is_different) = len(any_value(findings.attributes)) as is_explained,
    from {{ ref('int_finding_evidence') }} as evidence
    inner join {{ ref('int_findings') }} as findings using (wave_id, finding_id)
    where findings.rule = 'explained'
    group by all

)

select wave_id, finding_id,
    count_if(is_explained) * 2 > count(*) as is_shown,
    false as is_opposite,
from themes
group by all
