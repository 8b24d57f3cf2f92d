-- Whether theme scores differ by each attribute of a claim: one test an attribute and theme.
select
    findings.wave_id,
    findings.finding_id,
    tests.measure,
    tests.subject_id,
    breakdowns.breakdown as group_code,
    'omnibus' as reference_code,
    tests.respondents,
    tests.p_value,
from {{ ref('int_findings') }} as findings
inner join {{ ref('int_omnibus_tests') }} as tests
    on findings.wave_id = tests.wave_id
    and tests.measure = 'theme_score'
    and tests.subject_id in findings.themes
inner join {{ ref('breakdowns') }} as breakdowns
    on tests.breakdown = breakdowns.breakdown
    and breakdowns.attribute_2 is null
    and breakdowns.attribute_1 in findings.attributes
where findings.rule = 'explained'
