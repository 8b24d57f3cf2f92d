with evidence as (

    select
        evidence.*,
        findings.rule in ('every', 'most') as is_directed,
        {{ hidden_if('evidence.is_hidden') }}
    from {{ ref('int_shown_evidence') }} as evidence
    inner join {{ ref('int_findings') }} as findings using (wave_id, finding_id)
    cross join {{ ref('survey') }} as survey

)

select
    wave_id,
    finding_id,
    measure,
    subject_id,
    reference_id,
    group_code,
    reference_code,
    {%- for column in [
        'respondents', 'difference', 'standard_error', 't', 'degrees_of_freedom', 'p_value', 'p_holm', 'p_equivalent',
    ] %}
    {{ shown(column) }},
    {%- endfor %}
    family_size,
    case
        when is_untested then 'too few'
        when is_directed and is_opposite then 'opposite'
        when is_directed and is_as_claimed then 'as claimed'
        when is_different then 'different'
        when is_equivalent and not is_directed then 'equivalent'
        else 'no difference shown'
    end as outcome,
    is_suppressed,
    suppression_reason,
from evidence
