select
    wave_id,
    pressure_theme_id,
    craft_theme_id,
    method,
    {%- for column in [
        'respondents', 'correlation', 'standard_error', 'ci_low', 'ci_high',
        't', 'degrees_of_freedom', 'p_value', 'p_holm', 'p_bh',
    ] %}
    {{ shown(column) }},
    {%- endfor %}
    family,
    family_size,
    verdict,
    is_suppressed,
    suppression_reason,
from {{ ref('int_relations') }}
