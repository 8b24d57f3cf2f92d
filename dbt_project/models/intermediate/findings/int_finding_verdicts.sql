select
    scopes.wave_id,
    scopes.finding_id,
    case
        when not scopes.is_asked then 'not asked'
        when
            not scopes.has_groups
            or figures.tests is null
            or figures.tests_impossible > 0
            or figures.respondents < survey.minimum_group_size
            then 'too few'
        when judgements.is_shown then 'confirmed'
        when judgements.is_opposite then 'reversed'
        else 'not shown'
    end as status,
    figures.* exclude (wave_id, finding_id),
from {{ ref('int_finding_scopes') }} as scopes
cross join {{ ref('survey') }} as survey
left join {{ ref('int_finding_figures') }} as figures using (wave_id, finding_id)
left join {{ ref('int_finding_judgements') }} as judgements using (wave_id, finding_id)
