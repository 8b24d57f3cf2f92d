with tests as (

    select tests.* replace (subject_id as theme_id), {{ hidden_if('is_too_few') }}
    from {{ ref('int_tests') }} as tests
    cross join {{ ref('survey') }} as survey
    where measure = 'theme_score'

),

favourables as (

    select wave_id, subject_id as theme_id, breakdown, group_code, reference_code,
        difference as favourable_difference,
        standard_error as favourable_difference_se,
    from {{ ref('int_differences') }}
    where measure = 'theme_favourable'

)

select
    wave_id,
    theme_id,
    breakdown,
    group_code,
    reference_code,
    {{ difference_columns() }}
    verdict,
    is_suppressed,
    suppression_reason,
    {{ shown('favourable_difference') }},
    {{ shown('favourable_difference_se') }},
from tests
inner join favourables using (wave_id, theme_id, breakdown, group_code, reference_code)
