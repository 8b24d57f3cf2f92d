select
    wave_id,
    theme_id,
    breakdown,
    group_code,
    items_asked,
    {%- for column in [
        'respondents', 'mean', 'mean_unweighted', 'standard_deviation', 'standard_error',
        'ci_low', 'ci_high', 'ci_method', 'favourable_share', 'effective_n', 'design_effect',
    ] %}
    {{ shown(column) }},
    {%- endfor %}
    is_suppressed,
    suppression_reason,
    {%- for column in [
        'favourable_score', 'favourable_score_se', 'favourable_score_ci_low', 'favourable_score_ci_high',
    ] %}
    {{ shown(column) }},
    {%- endfor %}
from {{ ref('int_theme_results') }}
