with tests as (

    select * replace (subject_id as theme_id), is_too_few as is_suppressed
    from {{ ref('int_tests') }}
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
    case when is_suppressed then format('fewer than {} respondents on one side', minimum_group_size) end
        as suppression_reason,
    {{ shown('favourable_difference') }},
    {{ shown('favourable_difference_se') }},
from tests
inner join favourables using (wave_id, theme_id, breakdown, group_code, reference_code)
