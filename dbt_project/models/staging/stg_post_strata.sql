{{ config(materialized='table') }}

with respondents as (

    select
        wave_id,
        stratum,
        population_role as role,
        count(*) as respondents,
        max(delivered_weight) as largest_delivered_weight,
    from {{ ref('stg_backgrounds') }}
    group by all

),

population as (

    select wave_id, stratum, role, headcount, sum(headcount) over (partition by wave_id, stratum) as stratum_headcount
    from {{ ref('population') }}

),

matched as (

    select
        respondents.*,
        by_role.headcount,
        by_stratum.stratum_headcount,
        sum(respondents) over in_stratum as stratum_respondents,
        sum(respondents) filter (by_role.headcount is not null) over in_stratum as matched_respondents,
        sum(by_role.headcount) over in_stratum as matched_headcount,
        max(largest_delivered_weight) over in_wave as wave_largest_delivered_weight,
        max(by_stratum.stratum_headcount) over in_wave is not null as is_population_known,
    from respondents
    left join population as by_role using (wave_id, stratum, role)
    left join (select distinct wave_id, stratum, stratum_headcount from population) as by_stratum
        using (wave_id, stratum)
    window in_stratum as (partition by wave_id, stratum), in_wave as (partition by wave_id)

),

weighted as (

    select
        *,
        case
            when wave_largest_delivered_weight is not null then 'delivered'
            when is_population_known then 'population'
            else 'none'
        end as weighting,
        case
            when weighting = 'none' then 1
            -- A role without respondents lends its headcount to the other roles of its stratum;
            -- respondents whose role is not known stand for the stratum's average.
            when weighting = 'population' then stratum_headcount / stratum_respondents * coalesce(
                (matched_respondents * headcount) / (matched_headcount * respondents), 1
            )
        end as population_weight,
    from matched

)

select
    wave_id,
    stratum,
    role,
    respondents,
    stratum_respondents,
    stratum_headcount,
    weighting,
    case
        when weighting = 'population' and matched_headcount is not null
            then concat(stratum, '|', if(headcount is null, '', role))
        else stratum
    end as post_stratum,
    population_weight,
    -- The largest power of ten with which every weight, as a whole number, fits 32 bits and its square 64.
    power(10, floor(log10(2147483647 / max(coalesce(wave_largest_delivered_weight, population_weight)) over (partition by wave_id))))
        as weight_scale,
from weighted
