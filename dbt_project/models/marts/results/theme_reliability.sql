-- Cronbach (1951): the share of a score's variance that its items have in common.
with reliabilities as (

    select
        cells.*,
        cells.items / nullif(cells.items - 1, 0) * (1 - cells.item_variances / nullif(cells.score_variance, 0)) as alpha,
        {{ suppression('cells.respondents') }}
    from {{ ref('reliability_cells') }} as cells
    cross join {{ ref('survey') }} as survey

)

select
    wave_id,
    theme_id,
    items,
    {{ shown('respondents') }},
    {{ shown('alpha') }},
    is_suppressed,
    suppression_reason,
from reliabilities
