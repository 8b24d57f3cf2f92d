with strata as (

    select
        wave_id,
        count(distinct stratum) as strata,
        count(distinct post_stratum) as post_strata,
        count(distinct stratum) filter (stratum_respondents > stratum_headcount) as strata_above_headcount,
        count(distinct stratum) filter (is_weight_shared) as strata_sharing_weight,
    from {{ ref('stg_post_strata') }}
    group by all

),

-- A unit whose roles are not known apart is a cell of its own.
cells as (

    select
        population.wave_id,
        population.headcount,
        coalesce(sum(weights.respondents), 0) as respondents,
    from {{ ref('population') }} as population
    left join {{ ref('stg_post_strata') }} as weights
        on population.wave_id = weights.wave_id
        and population.stratum = weights.stratum
        and (population.role is null or population.role = weights.role)
    group by population.wave_id, population.stratum, population.role, population.headcount

),

population as (

    select
        wave_id,
        sum(headcount)::bigint as headcount,
        count(*) as population_cells,
        count(*) filter (respondents = 0) as empty_cells,
        coalesce(sum(headcount) filter (respondents = 0), 0)::bigint as empty_cells_headcount,
        sum(respondents)::bigint as matched_respondents,
    from cells
    group by all

)

select *
from strata
left join population using (wave_id)
