select
    {{ relation_keys() }},
    method,
    -- Beyond 1 by a rounding at most.
    greatest(-1, least(1, any_value(residuals.correlation))) as correlation,
    sum(residuals.respondents)::bigint as respondents,
    sum(residuals.respondents)::bigint - count(distinct strata.stratum_number) as degrees_of_freedom,
    {{ residual_variance('residual_sum', 'residual_square_sum') }} as variance,
    -- Scores that lie on a line say nothing of the error: NULL, never zero wide.
    case when degrees_of_freedom > 0 and variance > 1e-24 then sqrt(variance) end as standard_error,
from {{ ref('int_relation_residuals') }} as residuals
inner join {{ ref('int_strata') }} as strata using (wave_id, stratum, post_stratum)
group by {{ relation_keys() }}, method
