with favourables as (

    select wave_id, subject_id as item_id, breakdown, basis, group_code,
        difference as favourable_difference,
        standard_error as favourable_difference_se,
    from {{ ref('int_trends') }}
    where measure = 'item_favourable'

)

select
    wave_id,
    previous_wave_id,
    theme_id,
    item_id,
    breakdown,
    group_code,
    basis,
    comparability,
    items_shared,
    {%- for column in [
        'respondents', 'previous_respondents', 'mean', 'previous_mean', 'difference', 'standard_error',
        't', 'degrees_of_freedom', 'p_value', 'p_holm', 'p_bh',
        'favourable_difference', 'favourable_difference_se',
    ] %}
    {{ shown(column) }},
    {%- endfor %}
    family,
    family_size,
    verdict,
    broken_note as note,
    is_suppressed,
    suppression_reason,
from {{ ref('int_trend_tests') }}
left join favourables using (wave_id, item_id, breakdown, basis, group_code)
