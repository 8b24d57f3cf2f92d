select
    wave_id,
    finding_id,
    measure,
    subject_id,
    group_code,
    reference_code,
    term,
    any_value(coefficient) as coefficient,
    any_value(baseline) as baseline,
    sum(respondents)::bigint as respondents,
    sum(weight_sum) as weight_sum,
    sum(weighted_value_sum) / sum(weight_sum) as mean,
    greatest(0, sum(respondents) * (sum(weighted_value_square_sum) / sum(weight_sum) - pow(mean, 2)))
        as square_deviation_sum,
from {{ ref('int_finding_moments') }}
group by all
