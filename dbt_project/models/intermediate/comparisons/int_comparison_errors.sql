-- The residual of a difference is z of the group less z of its reference, so covariance inside strata counts.
with post_strata as (

    select
        sides.wave_id,
        sides.subject_id,
        sides.measure,
        sides.breakdown,
        sides.group_code,
        sides.reference_code,
        residuals.stratum,
        residuals.post_stratum,
        residuals.post_stratum_respondents,
        residuals.stratum_respondents,
        residuals.sampling_fraction,
        sum(sides.sign * residuals.residual_sum) as residual_sum,
        sum(residuals.residual_square_sum) as residual_square_sum,
    from {{ ref('int_comparison_sides') }} as sides
    inner join {{ ref('int_stratum_residuals') }} as residuals
        on sides.wave_id = residuals.wave_id
        and sides.subject_id = residuals.subject_id
        and sides.measure = residuals.measure
        and sides.breakdown = residuals.breakdown
        and sides.side_code = residuals.group_code
        and sides.side = residuals.side
    group by all

),

strata as (

    select wave_id, subject_id, measure, breakdown, group_code, reference_code, stratum,
        {{ stratum_variance('residual_sum', 'residual_square_sum') }} as variance,
    from post_strata
    group by
        wave_id, subject_id, measure, breakdown, group_code, reference_code, stratum,
        stratum_respondents, sampling_fraction

)

select
    wave_id,
    subject_id,
    measure,
    breakdown,
    group_code,
    reference_code,
    sum(variance) as variance,
    count(*) as strata,
from strata
group by all
