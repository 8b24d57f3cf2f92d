with stratum_variances as (

    select
        {{ relation_keys() }},
        method,
        any_value(residuals.correlation) as correlation,
        sum(residuals.respondents) as respondents,
        {{ stratum_variance('residual_sum', 'residual_square_sum') }} as variance,
    from {{ ref('int_relation_residuals') }} as residuals
    inner join {{ ref('int_strata') }} as strata using (wave_id, stratum, post_stratum)
    group by {{ relation_keys() }}, method, stratum, stratum_respondents, sampling_fraction

)

select
    {{ relation_keys() }},
    method,
    -- Beyond 1 by a rounding at most.
    greatest(-1, least(1, any_value(correlation))) as correlation,
    sum(respondents)::bigint as respondents,
    sum(respondents)::bigint - count(*) as degrees_of_freedom,
    -- Scores that lie on a line say nothing of the error: NULL, never zero wide.
    case when degrees_of_freedom > 0 and sum(variance) > 1e-24 then sqrt(sum(variance)) end as standard_error,
from stratum_variances
group by all
