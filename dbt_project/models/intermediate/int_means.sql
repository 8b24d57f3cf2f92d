select
    wave_id,
    subject_id,
    measure,
    breakdown,
    group_code,
    side,
    sum(respondents)::bigint as respondents,
    sum(weighted_value_sum) / sum(weight_sum) as mean,
    sum(value_sum) / sum(respondents) as mean_unweighted,
    sum(weight_sum) as weight_sum,
    pow(sum(weight_sum), 2) / sum(weight_square_sum) as effective_n,
    sum(respondents) * sum(weight_square_sum) / pow(sum(weight_sum), 2) as design_effect,
    -- Degrees of freedom as R's degf of the subset: valid answers less the strata they come from.
    (sum(respondents) - count(distinct stratum))::bigint as degrees_of_freedom,
    (sum(value_square_sum) - pow(sum(value_sum), 2) / sum(respondents)) / nullif(sum(respondents) - 1, 0)
        as variance_unweighted,
    case when sum(respondents) > 1 then sqrt(greatest(0,
        sum(respondents) / (sum(respondents) - 1)
        * (sum(weighted_value_square_sum) / sum(weight_sum) - pow(mean, 2))
    )) end as standard_deviation,
from {{ ref('int_side_moments') }}
group by all
