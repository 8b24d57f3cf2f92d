-- A respondent's residual is weight × (value − mean) / sum of weights, and 0 outside the group.
with residuals as (

    select
        moments.wave_id,
        moments.subject_id,
        moments.measure,
        moments.breakdown,
        moments.group_code,
        moments.side,
        moments.stratum,
        moments.post_stratum,
        (moments.weighted_value_sum - means.mean * moments.weight_sum) / means.weight_sum as residual_sum,
        (
            moments.weight_square_value_square_sum
            - 2 * means.mean * moments.weight_square_value_sum
            + pow(means.mean, 2) * moments.weight_square_sum
        ) / pow(means.weight_sum, 2) as residual_square_sum,
    from {{ ref('int_side_moments') }} as moments
    inner join {{ ref('int_means') }} as means
        using (wave_id, subject_id, measure, breakdown, group_code, side)

)

select
    residuals.*,
    strata.post_stratum_respondents,
    strata.stratum_respondents,
    strata.sampling_fraction,
from residuals
inner join {{ ref('int_strata') }} as strata using (wave_id, stratum, post_stratum)
