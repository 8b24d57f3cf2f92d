{{ config(materialized="view") }}

-- Which group enters which term of a contrast, for every subject of the claim.
select
    sides.*,
    subjects.measure,
    subjects.subject_id,
    sides.coefficient * subjects.direction as signed_coefficient,
    subjects.baseline * subjects.direction as signed_baseline,
    findings.tested_breakdown as breakdown,
    numbers.subject_number,
    groups.group_number,
from {{ ref('int_finding_sides') }} as sides
inner join {{ ref('int_findings') }} as findings using (wave_id, finding_id)
inner join {{ ref('int_finding_subjects') }} as subjects using (wave_id, finding_id)
left join {{ ref('int_subjects') }} as numbers
    on subjects.subject_id = numbers.subject_id and subjects.measure = concat(numbers.kind, '_score')
left join {{ ref('int_groups') }} as groups
    on sides.wave_id = groups.wave_id
    and findings.tested_breakdown = groups.breakdown
    and sides.member_code = groups.group_code
