-- The part of the variances of totals that is not additive over groups: products of two totals within
-- a post-stratum, of a group with itself and with everyone in its break-down.
with totals as (

    select totals.*, breakdown_number
    from {{ ref('int_post_stratum_totals') }} as totals
    inner join {{ ref('int_groups') }} using (group_number)

),

everyone as (

    select subject_number, is_favourable, breakdown_number, post_stratum_number,
        sum(weight_sum) as weight_sum,
        sum(weighted_value_sum) as weighted_value_sum,
    from totals
    group by all

)

select
    subject_number,
    is_favourable,
    group_number,
    count(distinct stratum_number) as strata,
    sum(product_factor * pow(own.weighted_value_sum, 2)) as value_value,
    sum(product_factor * own.weighted_value_sum * own.weight_sum) as value_weight,
    sum(product_factor * pow(own.weight_sum, 2)) as weight_weight,
    sum(product_factor * own.weighted_value_sum * everyone.weighted_value_sum) as value_everyone_value,
    sum(product_factor * own.weighted_value_sum * everyone.weight_sum) as value_everyone_weight,
    sum(product_factor * own.weight_sum * everyone.weighted_value_sum) as weight_everyone_value,
    sum(product_factor * own.weight_sum * everyone.weight_sum) as weight_everyone_weight,
from totals as own
inner join everyone using (subject_number, is_favourable, breakdown_number, post_stratum_number)
inner join {{ ref('int_strata') }} using (post_stratum_number)
group by all
