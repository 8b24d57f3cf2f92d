with weights as (

    select wave_id, largest_delivered_weight as weight from {{ ref('stg_weightings') }}
    union all
    select wave_id, weight from {{ ref('stg_raked_weights') }}
    union all
    select wave_id, population_weight from {{ ref('stg_population_weights') }}

),

largest as (

    select wave_id, max(weight) as largest_weight from weights group by all

)

select
    wave_id,
    -- The largest powers of ten with which the sums of a wave fit 64 bits, and one weight 14 digits.
    power(10, floor(log10(least(1e14, 9e18 / respondents) / largest_weight))) as weight_scale,
    power(10, floor(log10(9e18 / respondents / pow(largest_weight, 2)))) as weight_square_scale,
from largest
inner join {{ ref('stg_weightings') }} using (wave_id)
