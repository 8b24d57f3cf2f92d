-- A claim adds up its contrasts, and some look into each group of their break-down.
with contrasts as (

    select wave_id, finding_id, bool_or(is_hidden) as is_hidden
    from {{ ref('int_shown_evidence') }}
    group by all

),

groups as (

    select distinct findings.wave_id, findings.finding_id
    from {{ ref('int_findings') }} as findings
    inner join {{ ref('int_finding_items') }} as items using (wave_id, finding_id)
    inner join {{ ref('int_hidden_groups') }} as hidden
        on hidden.kind = 'item'
        and items.item_id = hidden.subject_id
        and findings.wave_id = hidden.wave_id
        and findings.breakdown = hidden.breakdown
        and hidden.group_code <> 'rest'
    where findings.rule = 'agree' or (findings.comparison = 'in_total' and findings.subjects = 'theme_items')

)

select wave_id, finding_id, contrasts.is_hidden or groups.finding_id is not null as is_hidden
from contrasts
left join groups using (wave_id, finding_id)
