-- Weights that differ between few people would tell their answers: what is weighted, less what is not,
-- counts them. So strata with a post-stratum of fewer than twice the minimum (of whom some may leave an
-- item blank) have one weight together, and with them whatever lies in one group with them, as the agencies
-- of a ministry; a single one shares it with the next smallest stratum.
with weights as (

    select * from {{ ref('stg_population_weights') }}

),

strata as (

    select
        wave_id,
        stratum,
        any_value(stratum_respondents) as respondents,
        any_value(stratum_headcount) as headcount,
        min(weights.respondents) < 2 * any_value(survey.minimum_group_size) as is_small,
    from weights
    cross join {{ ref('survey') }} as survey
    where weighting = 'population' and population_weight is not null
    group by all

),

beside_small as (

    select distinct wave_id, neighbours.neighbour as stratum
    from strata
    inner join {{ ref('stg_stratum_neighbours') }} as neighbours using (wave_id, stratum)
    where strata.is_small

),

sharing as (

    select strata.* replace (is_small or beside_small.stratum is not null as is_small)
    from strata
    left join beside_small using (wave_id, stratum)

),

ordered as (

    select
        *,
        row_number() over (partition by wave_id order by not is_small, respondents, stratum) as place,
        count_if(is_small) over (partition by wave_id) as small_strata,
    from sharing

),

shared as (

    select
        wave_id,
        stratum,
        sum(headcount) over (partition by wave_id) / sum(respondents) over (partition by wave_id) as shared_weight,
    from ordered
    where is_small or (small_strata = 1 and place = 2)

)

select
    weights.* replace (
        if(shared.stratum is null, post_stratum, weights.stratum) as post_stratum,
        coalesce(shared_weight, population_weight) as population_weight
    ),
    shared.stratum is not null as is_weight_shared,
from weights
left join shared using (wave_id, stratum)
