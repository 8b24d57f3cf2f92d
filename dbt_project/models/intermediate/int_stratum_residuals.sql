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
        {{ residual_sum('moments', 'means') }} as residual_sum,
        {{ residual_square_sum('moments', 'means') }} as residual_square_sum,
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
