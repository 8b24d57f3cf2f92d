with waves as (

    select
        wave_id,
        any_value(weighting) as weighting,
        count(distinct stratum) as strata,
    from {{ ref('stg_post_strata') }}
    group by all

)

select
    *,
    weighting = 'none' and strata = 1 as is_simple_random,
from waves
