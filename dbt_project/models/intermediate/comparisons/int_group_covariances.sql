-- The covariance of the means of each two groups of a break-down that are tested together or compared,
-- and share a stratum. They share nobody, so of a respondent only one residual is not 0.
with groups as (

    select means.*
    from {{ ref('int_means') }} as means
    inner join {{ ref('breakdowns') }} as breakdowns using (breakdown)
    cross join {{ ref('survey') }} as survey
    where
        means.side = 'group'
        and means.breakdown <> 'total'
        and (
            breakdowns.compare_pairs
            or (not means.is_favourable and means.respondents >= survey.minimum_group_size)
        )

),

residuals as (

    select
        groups.*,
        numbers.breakdown_number,
        strata.post_stratum_number,
        strata.stratum_number,
        strata.product_factor,
        (totals.weighted_value_sum - groups.mean * totals.weight_sum) / groups.weight_sum as residual_sum,
    from {{ ref('int_post_stratum_totals') }} as totals
    inner join groups using (subject_number, is_favourable, group_number)
    inner join {{ ref('int_groups') }} as numbers using (group_number)
    inner join {{ ref('int_strata') }} as strata using (post_stratum_number)

)

select
    any_value(own.wave_id) as wave_id,
    any_value(own.subject_id) as subject_id,
    any_value(own.measure) as measure,
    any_value(own.breakdown) as breakdown,
    any_value(own.group_code) as group_code,
    any_value(other.group_code) as other_code,
    count(distinct own.stratum_number) as shared_strata,
    -sum(if(
        own.post_stratum_number = other.post_stratum_number,
        own.product_factor * own.residual_sum * other.residual_sum,
        0
    )) as covariance,
from residuals as own
inner join residuals as other
    on own.subject_number = other.subject_number
    and own.is_favourable = other.is_favourable
    and own.breakdown_number = other.breakdown_number
    and own.stratum_number = other.stratum_number
    and own.group_number < other.group_number
group by own.subject_number, own.is_favourable, own.group_number, other.group_number
