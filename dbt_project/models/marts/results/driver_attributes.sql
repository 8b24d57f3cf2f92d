with attributes as (

    select
        attributes.*,
        {{ suppression('attributes.respondents') }}
    from {{ ref('int_driver_attributes') }} as attributes
    cross join {{ ref('survey') }} as survey

)

select
    wave_id,
    theme_id,
    attribute_id,
    reference_group,
    terms,
    {%- for column in [
        'respondents', 'wald_f', 'numerator_degrees_of_freedom', 'denominator_degrees_of_freedom',
        'p_value', 'p_holm', 'p_bh',
    ] %}
    {{ shown(column) }},
    {%- endfor %}
    family,
    family_size,
    {{ shown('inflation') }},
    note,
    case
        when is_suppressed or p_value is null then 'too few'
        when p_holm < 0.05 then 'groups differ'
        else 'no difference shown'
    end as verdict,
    is_suppressed,
    suppression_reason,
from attributes
