with estimates as (

    select
        estimates.*,
        student_t_quantile(0.975, nullif(greatest(degrees_of_freedom, 0), 0)::double) as t_quantile,
        case
            when degrees_of_freedom <= 0 then null
            when measure = 'item_favourable' and designs.is_simple_random then 'wilson'
            -- Nobody, or everybody: the logit is infinite; count as many people as the weights are worth.
            when measure = 'item_favourable' and mean_unweighted in (0, 1) then 'wilson_effective'
            when standard_error is null then null
            when measure = 'item_favourable' then 'logit'
            else 't'
        end as ci_method,
    from {{ ref('int_estimates') }} as estimates
    inner join {{ ref('int_designs') }} as designs using (wave_id)

)

select
    * exclude (t_quantile),
    {%- for bound, sign in [('ci_low', '-'), ('ci_high', '+')] %}
    case ci_method
        when 't' then {{ t_bound(sign) }}
        when 'logit' then {{ logit_bound(sign) }}
        when 'wilson' then {{ wilson_bound(sign, 'respondents') }}
        when 'wilson_effective' then {{ wilson_bound(sign, 'effective_n') }}
    end as {{ bound }},
    {%- endfor %}
from estimates
