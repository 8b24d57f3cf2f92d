with results as (

    select
        *,
        case when not is_suppressed then
            rank() over (
                partition by wave_id, theme_id, breakdown, group_code, is_suppressed order by round(mean, 12) desc
            )
        end as rank_in_theme,
    from {{ ref('int_item_results') }}

)

select
    wave_id,
    theme_id,
    item_id,
    breakdown,
    group_code,
    {%- for column in [
        'respondents', 'mean', 'mean_unweighted', 'standard_deviation', 'standard_error',
        'ci_low', 'ci_high', 'ci_method',
        'favourable_share', 'favourable_share_unweighted', 'favourable_se',
        'favourable_ci_low', 'favourable_ci_high', 'favourable_ci_method',
        'median', 'consensus', 'effective_n', 'design_effect', 'rank_in_theme', 'dont_know_share',
    ] %}
    {{ shown(column) }},
    {%- endfor %}
    is_suppressed,
    suppression_reason,
from results
