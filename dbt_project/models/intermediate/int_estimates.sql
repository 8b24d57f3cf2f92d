with stratum_variances as (

    select
        wave_id,
        subject_id,
        measure,
        breakdown,
        group_code,
        {{ stratum_variance('residual_sum', 'residual_square_sum') }} as variance,
    from {{ ref('int_stratum_residuals') }}
    where side = 'group'
    group by
        wave_id, subject_id, measure, breakdown, group_code, stratum, stratum_respondents, sampling_fraction

),

variances as (

    select wave_id, subject_id, measure, breakdown, group_code, sum(variance) as variance
    from stratum_variances
    group by all

)

select
    means.* exclude (side, variance_unweighted),
    -- One respondent, or all on one answer, says nothing of the error: NULL, never zero wide.
    case
        when degrees_of_freedom > 0 and variance > 1e-24 * greatest(1, pow(mean, 2)) then sqrt(variance)
    end as standard_error,
from {{ ref('int_means') }} as means
inner join variances using (wave_id, subject_id, measure, breakdown, group_code)
where means.side = 'group'
