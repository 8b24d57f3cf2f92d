with models as (

    select
        models.*,
        {{ suppression('models.respondents') }}
    from {{ ref('int_driver_models') }} as models
    cross join {{ ref('survey') }} as survey

)

select
    wave_id,
    theme_id,
    {%- for column in [
        'respondents', 'degrees_of_freedom', 'intercept', 'intercept_se', 'r_squared', 'condition_number',
    ] %}
    {{ shown(column) }},
    {%- endfor %}
    is_suppressed,
    suppression_reason,
from models
