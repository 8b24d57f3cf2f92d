with scores as (

    select *, subject_id as theme_id from {{ ref('int_intervals') }} where measure = 'theme_score'

),

favourable_scores as (

    select *, subject_id as theme_id from {{ ref('int_intervals') }} where measure = 'theme_favourable'

),

item_shares as (

    -- The average would tell the one item that is hidden.
    select wave_id, theme_id, breakdown, group_code,
        if(bool_or(is_suppressed), null, avg(favourable_share)) as favourable_share,
    from {{ ref('int_item_results') }}
    group by all

),

items_asked as (

    select wave_id, theme_id, count(*) as items_asked
    from {{ ref('stg_item_versions') }}
    group by all

),

survey as (

    select minimum_group_size from {{ ref('survey') }}

)

select
    item_shares.wave_id,
    item_shares.theme_id,
    item_shares.breakdown,
    item_shares.group_code,
    items_asked.items_asked,
    coalesce(scores.respondents, 0) as respondents,
    scores.mean,
    scores.mean_unweighted,
    scores.standard_deviation,
    scores.standard_error,
    scores.ci_low,
    scores.ci_high,
    scores.ci_method,
    item_shares.favourable_share,
    scores.effective_n,
    scores.design_effect,
    favourable_scores.mean as favourable_score,
    favourable_scores.standard_error as favourable_score_se,
    favourable_scores.ci_low as favourable_score_ci_low,
    favourable_scores.ci_high as favourable_score_ci_high,
    {{ hidden_if('hidden.reason is not null or coalesce(scores.respondents, 0) < survey.minimum_group_size') }}
from item_shares
inner join items_asked using (wave_id, theme_id)
left join scores using (wave_id, theme_id, breakdown, group_code)
left join favourable_scores using (wave_id, theme_id, breakdown, group_code)
left join {{ ref('int_hidden_groups') }} as hidden
    on {{ is_hidden('hidden', "'theme'", 'item_shares.theme_id', 'item_shares', 'item_shares.group_code') }}
cross join survey
