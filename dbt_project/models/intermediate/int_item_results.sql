with scores as (

    select *, subject_id as item_id from {{ ref('int_intervals') }} where measure = 'item_score'

),

favourables as (

    select *, subject_id as item_id from {{ ref('int_intervals') }} where measure = 'item_favourable'

),

survey as (

    select minimum_group_size from {{ ref('survey') }}

)

select
    groups.wave_id,
    items.theme_id,
    groups.item_id,
    groups.breakdown,
    groups.group_code,
    groups.respondents,
    scores.mean,
    scores.mean_unweighted,
    scores.standard_deviation,
    scores.standard_error,
    scores.ci_low,
    scores.ci_high,
    scores.ci_method,
    favourables.mean as favourable_share,
    favourables.mean_unweighted as favourable_share_unweighted,
    favourables.standard_error as favourable_se,
    favourables.ci_low as favourable_ci_low,
    favourables.ci_high as favourable_ci_high,
    favourables.ci_method as favourable_ci_method,
    shapes.median,
    shapes.consensus,
    scores.effective_n,
    scores.design_effect,
    groups.dont_know_share,
    {{ hidden_if('hidden.reason is not null or groups.respondents < survey.minimum_group_size') }}
from {{ ref('int_item_groups') }} as groups
inner join {{ ref('items') }} as items using (item_id)
left join scores using (wave_id, item_id, breakdown, group_code)
left join favourables using (wave_id, item_id, breakdown, group_code)
left join {{ ref('int_item_shapes') }} as shapes using (wave_id, item_id, breakdown, group_code)
left join {{ ref('int_hidden_groups') }} as hidden
    on {{ is_hidden('hidden', "'item'", 'groups.item_id', 'groups', 'groups.group_code') }}
cross join survey
