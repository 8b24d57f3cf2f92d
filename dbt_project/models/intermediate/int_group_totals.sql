-- The totals of a group, Σwx and Σw among them, and the variances and covariances of those two: with
-- one another, and with those of everyone in the break-down.
with counted as (

    select subject_number, group_number, score, favourable, respondents, weight_sum, weight_square_sum, square_sum
    from {{ ref('int_answer_counts') }}
    where score is not null
    union all
    select subject_number, group_number, score, favourable, respondents, weight_sum, weight_square_sum,
        square_factor * weight_square_sum,
    from {{ ref('int_cell_values') }}
    inner join {{ ref('int_strata') }} using (post_stratum_number)
    where answer is null

),

valued as (

    select *, false as is_favourable, score as value from counted
    union all
    select counted.*, true, counted.favourable
    from counted
    inner join {{ ref('int_subjects') }} as subjects using (subject_number)
    where subjects.kind <> 'shared_theme'

),

totals as (

    select
        subject_number,
        is_favourable,
        group_number,
        {{ total_sums() }}
    from valued
    group by all

)

select
    totals.*,
    strata,
    value_square - value_value as value_variance,
    value_weight_square - value_weight as covariance,
    weight_square - weight_weight as weight_variance,
    value_square - value_everyone_value as value_everyone_value,
    value_weight_square - value_everyone_weight as value_everyone_weight,
    value_weight_square - weight_everyone_value as weight_everyone_value,
    weight_square - weight_everyone_weight as weight_everyone_weight,
from totals
inner join {{ ref('int_products') }} using (subject_number, is_favourable, group_number)
