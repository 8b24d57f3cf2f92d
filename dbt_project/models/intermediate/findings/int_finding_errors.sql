-- The residual of a contrast is the sum of its terms', so covariance inside strata counts. Terms share
-- nobody: of a respondent only one of them is not 0.
with squares as (

    select wave_id, finding_id, measure, subject_id, group_code, reference_code,
        sum(
            pow(coefficient, 2)
            * {{ ratio_variance('value_square', 'value_weight_square', 'weight_square') }}
        ) as square_part,
    from {{ ref('int_finding_means') }}
    group by all

),

post_strata as (

    select
        moments.wave_id,
        moments.finding_id,
        moments.measure,
        moments.subject_id,
        moments.group_code,
        moments.reference_code,
        moments.post_stratum_number,
        sum(
            means.coefficient * (moments.weighted_value_sum - means.mean * moments.weight_sum) / means.weight_sum
        ) as residual_sum,
    from {{ ref('int_finding_moments') }} as moments
    inner join {{ ref('int_finding_means') }} as means
        using (wave_id, finding_id, measure, subject_id, group_code, reference_code, term)
    group by all

),

products as (

    select post_strata.wave_id, finding_id, measure, subject_id, group_code, reference_code,
        sum(product_factor * pow(residual_sum, 2)) as product_part,
        count(distinct stratum_number) as strata,
    from post_strata
    inner join {{ ref('int_strata') }} using (post_stratum_number)
    group by all

)

select products.* exclude (product_part), squares.square_part - products.product_part as variance
from squares
inner join products using (wave_id, finding_id, measure, subject_id, group_code, reference_code)
