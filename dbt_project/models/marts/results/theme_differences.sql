with tests as (

    select * replace (subject_id as theme_id), is_too_few as is_suppressed
    from {{ ref('int_tests') }}
    where measure = 'theme_score'

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
from tests
