with respondents as (

    select wave_id, stratum, population_role as role, count(*) as respondents
    from {{ ref('stg_backgrounds') }}
    group by all

),

population_strata as (

    select wave_id, stratum, sum(headcount) as stratum_headcount
    from {{ ref('population') }}
    group by all

)

select
    respondents.*,
    population.headcount,
    population_strata.stratum_headcount,
    sum(respondents) over in_stratum as stratum_respondents,
    sum(respondents) filter (population.headcount is not null) over in_stratum as matched_respondents,
    sum(population.headcount) over in_stratum as matched_headcount,
from respondents
left join {{ ref('population') }} as population using (wave_id, stratum, role)
left join population_strata using (wave_id, stratum)
window in_stratum as (partition by wave_id, stratum)
