{{ config(alias="findings") }}

-- A claim is hidden with any of its contrasts.
with verdicts as (

    select
        verdicts.*,
        {{ hidden_if('hidden.is_hidden or coalesce(verdicts.respondents, 0) < survey.minimum_group_size') }}
    from {{ ref('int_finding_verdicts') }} as verdicts
    left join {{ ref('int_hidden_findings') }} as hidden using (wave_id, finding_id)
    cross join {{ ref('survey') }} as survey

)

select
    verdicts.wave_id,
    verdicts.finding_id,
    findings.theme_id,
    findings.kind,
    findings.statement_nl,
    findings.statement_en,
    verdicts.status,
    rules.rule_en,
    {%- for column in [
        'respondents', 'tests', 'tests_as_claimed', 'tests_opposite', 'difference', 'standard_error', 't',
        'degrees_of_freedom', 'p_holm', 'items', 'items_different', 'items_equivalent', 'consensus', 'place',
    ] %}
    {{ shown(column) }},
    {%- endfor %}
    verdicts.is_suppressed,
    if(verdicts.status = 'not asked', 'not asked in this wave', verdicts.suppression_reason) as suppression_reason,
from verdicts
inner join {{ ref('findings') }} as findings using (finding_id)
left join {{ ref('int_finding_kinds') }} as rules using (kind)
