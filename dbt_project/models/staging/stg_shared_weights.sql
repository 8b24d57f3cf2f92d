-- Weights that differ between few people would tell their answers: what is weighted, less what is not,
-- counts them. So strata with a post-stratum of fewer than twice the minimum (of whom some may leave an
-- item blank) have one weight together; a single one shares it with the next smallest stratum.
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

ordered as (

    select
        *,
        row_number() over (partition by wave_id order by not is_small, respondents, stratum) as place,
        count_if(is_small) over (partition by wave_id) as small_strata,
    from strata

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
