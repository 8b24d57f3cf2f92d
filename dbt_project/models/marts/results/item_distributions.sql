with distributions as (

    select distributions.*, results.is_suppressed, results.suppression_reason
    from {{ ref('int_item_distributions') }} as distributions
    inner join {{ ref('int_item_results') }} as results using (wave_id, item_id, breakdown, group_code)

)

select
    wave_id,
    theme_id,
    item_id,
    breakdown,
    group_code,
    answer,
    {{ shown('respondents') }},
    {{ shown('share') }},
    is_suppressed,
    suppression_reason,
from distributions
