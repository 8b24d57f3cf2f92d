select
    * exclude (side, subject_number, is_favourable, group_number, strata, variance, variance_unweighted),
    -- One respondent, or all on one answer, says nothing of the error: NULL, never zero wide.
    case when degrees_of_freedom > 0 and variance > {{ rounding_variance() }} then sqrt(variance) end
        as standard_error,
from {{ ref('int_means') }}
where side = 'group'
