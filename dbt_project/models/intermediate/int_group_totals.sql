-- The totals of a group, Σwx and Σw among them, and the variances and covariances of those two: with
-- one another, and with those of everyone in the break-down.
with totals as (

    select
        subject_number,
        is_favourable,
        group_number,
        {%- for name in additive_totals() %}
        sum({{ name }}){{ '::bigint' if name == 'respondents' }} as {{ name }},
        {%- endfor %}
        sum(square_factor * weight_square_value_square_sum) as value_square,
        sum(square_factor * weight_square_value_sum) as value_weight_square,
        sum(square_factor * weight_square_sum) as weight_square,
    from {{ ref('int_post_stratum_totals') }}
    inner join {{ ref('int_strata') }} using (post_stratum_number)
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
