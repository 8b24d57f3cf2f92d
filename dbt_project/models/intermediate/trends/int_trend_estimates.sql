with means as (

    select
        wave_id,
        side,
        subject_id,
        measure,
        breakdown,
        basis,
        line_code,
        sum(respondents)::bigint as respondents,
        count(distinct stratum) as strata,
        sum(weight_sum) as weight_sum,
        sum(weighted_value_sum) / sum(weight_sum) as mean,
    from {{ ref('int_trend_moments') }}
    group by all

),

strata as (

    select
        moments.wave_id,
        moments.side,
        moments.subject_id,
        moments.measure,
        moments.breakdown,
        moments.basis,
        moments.line_code,
        {{ stratum_variance(residual_sum('moments', 'means'), residual_square_sum('moments', 'means')) }} as variance,
    from {{ ref('int_trend_moments') }} as moments
    inner join means using (wave_id, side, subject_id, measure, breakdown, basis, line_code)
    inner join {{ ref('int_strata') }} as strata
        on moments.source_wave_id = strata.wave_id
        and moments.stratum = strata.stratum
        and moments.post_stratum = strata.post_stratum
    group by
        moments.wave_id, moments.side, moments.subject_id, moments.measure, moments.breakdown,
        moments.basis, moments.line_code, moments.stratum, stratum_respondents, sampling_fraction

),

variances as (

    select wave_id, side, subject_id, measure, breakdown, basis, line_code, sum(variance) as variance
    from strata
    group by all

)

select means.*, variances.variance
from means
inner join variances using (wave_id, side, subject_id, measure, breakdown, basis, line_code)
