-- The residual of a contrast is the sum of its terms', so covariance inside strata counts.
with post_strata as (

    select
        moments.wave_id,
        moments.finding_id,
        moments.measure,
        moments.subject_id,
        moments.group_code,
        moments.reference_code,
        moments.stratum,
        moments.post_stratum,
        sum(means.coefficient * {{ residual_sum('moments', 'means') }}) as residual_sum,
        sum(pow(means.coefficient, 2) * {{ residual_square_sum('moments', 'means') }}) as residual_square_sum,
    from {{ ref('int_finding_moments') }} as moments
    inner join {{ ref('int_finding_means') }} as means
        using (wave_id, finding_id, measure, subject_id, group_code, reference_code, term)
    group by all

),

strata as (

    select wave_id, finding_id, measure, subject_id, group_code, reference_code, stratum,
        {{ stratum_variance('residual_sum', 'residual_square_sum') }} as variance,
    from post_strata
    inner join {{ ref('int_strata') }} using (wave_id, stratum, post_stratum)
    group by
        wave_id, finding_id, measure, subject_id, group_code, reference_code, stratum,
        stratum_respondents, sampling_fraction

)

select wave_id, finding_id, measure, subject_id, group_code, reference_code,
    sum(variance) as variance,
    count(*) as strata,
from strata
group by all
