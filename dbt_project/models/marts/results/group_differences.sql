with tests as (

    select tests.*, subject_id as item_id, {{ hidden_if('is_too_few') }}
    from {{ ref('int_tests') }} as tests
    cross join {{ ref('survey') }} as survey
    where measure = 'item_score'

),

favourables as (

    select wave_id, subject_id as item_id, breakdown, group_code, reference_code,
        difference as favourable_difference,
        standard_error as favourable_difference_se,
        {{ cohens_h('group_mean', 'reference_mean') }} as cohens_h,
    from {{ ref('int_differences') }}
    where measure = 'item_favourable'

)

select
    wave_id,
    theme_id,
    item_id,
    breakdown,
    group_code,
    reference_code,
    {{ difference_columns() }}
    {{ shown('favourable_difference') }},
    {{ shown('favourable_difference_se') }},
    {{ shown('cohens_h') }},
    verdict,
    is_suppressed,
    suppression_reason,
from tests
inner join favourables using (wave_id, item_id, breakdown, group_code, reference_code)
