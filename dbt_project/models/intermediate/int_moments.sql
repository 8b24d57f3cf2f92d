select
    wave_id,
    subject_id,
    measure,
    breakdown,
    group_code,
    stratum,
    post_stratum,
    sum(respondents)::bigint as respondents,
    sum(respondents * value) as value_sum,
    sum(respondents * value * value) as value_square_sum,
    sum(weight_sum) as weight_sum,
    sum(weight_sum * value) as weighted_value_sum,
    sum(weight_sum * value * value) as weighted_value_square_sum,
    sum(weight_square_sum) as weight_square_sum,
    sum(weight_square_sum * value) as weight_square_value_sum,
    sum(weight_square_sum * value * value) as weight_square_value_square_sum,
from {{ ref('int_measure_values') }}
group by all
