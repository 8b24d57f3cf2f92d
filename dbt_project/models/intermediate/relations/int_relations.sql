-- On Fisher's scale, atanh(r), the error of a correlation hardly depends on its size.
with transformed as (

    select
        *,
        case when abs(correlation) < 1 then atanh(correlation) end as z,
        standard_error / (1 - pow(correlation, 2)) as z_error,
        student_t_quantile(0.975, degrees_of_freedom::double) * z_error as z_margin,
    from {{ ref('int_relation_estimates') }}

),

tested as (

    select
        transformed.* exclude (z, z_error, z_margin),
        tanh(z - z_margin) as ci_low,
        tanh(z + z_margin) as ci_high,
        z / z_error as t,
        {{ suppression('respondents') }}
        case when not is_suppressed then student_t_p(t, degrees_of_freedom::double) end as p_value,
        concat_ws('|', wave_id, 'relations', method) as family,
    from transformed
    cross join {{ ref('survey') }} as survey

)

select
    *,
    case
        when is_suppressed or p_value is null then 'too few'
        when p_holm >= 0.05 then 'no relation shown'
        when correlation > 0 then 'together'
        else 'against each other'
    end as verdict,
from {{ adjusted('tested') }}
