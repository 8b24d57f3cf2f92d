with coefficients as (

    select
        drivers.*,
        {{ hidden_if('hidden.is_hidden') }}
    from {{ ref('int_drivers') }} as drivers
    inner join {{ ref('int_hidden_drivers') }} as hidden using (wave_id, theme_id, attribute_id, group_code)
    cross join {{ ref('survey') }} as survey

)

select
    wave_id,
    theme_id,
    attribute_id,
    group_code,
    reference_group,
    {%- for column in [
        'respondents', 'reference_respondents', 'coefficient', 'standard_error', 'ci_low', 'ci_high',
        't', 'degrees_of_freedom', 'p_value',
    ] %}
    {{ shown(column) }},
    {%- endfor %}
    note,
    is_suppressed,
    suppression_reason,
from coefficients
