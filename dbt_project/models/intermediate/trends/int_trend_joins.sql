-- Lines of several groups: what the variances of their totals have less than those of the groups added
-- up, for products of two groups within a post-stratum.
with joined as (

    select groups.*
    from {{ ref('int_trend_groups') }} as groups
    qualify count(*) over (partition by wave_id, side, basis, breakdown, line_code) > 1

),

post_strata as (

    select
        joined.wave_id,
        joined.side,
        joined.breakdown,
        joined.basis,
        joined.line_code,
        totals.subject_number,
        totals.is_favourable,
        totals.post_stratum_number,
        pow(sum(weighted_value_sum), 2) - sum(pow(weighted_value_sum, 2)) as value_value,
        sum(weighted_value_sum) * sum(weight_sum) - sum(weighted_value_sum * weight_sum) as value_weight,
        pow(sum(weight_sum), 2) - sum(pow(weight_sum, 2)) as weight_weight,
    from joined
    inner join {{ ref('int_post_stratum_totals') }} as totals using (group_number)
    group by all

)

select
    post_strata.wave_id,
    side,
    breakdown,
    basis,
    line_code,
    subject_number,
    is_favourable,
    count(distinct stratum_number) as strata,
    sum(product_factor * value_value) as value_value,
    sum(product_factor * value_weight) as value_weight,
    sum(product_factor * weight_weight) as weight_weight,
from post_strata
inner join {{ ref('int_strata') }} using (post_stratum_number)
group by all
