{{ config(materialized="view") }}

-- Both scores of a relation as deviations in standard units: the scores themselves, and their mid-ranks.
-- Strata do not matter here, so they are together: who has the same two scores has the same values.
with pairs as (

    select {{ relation_keys() }}, pressure_score, craft_score, sum(weight_sum) as weight_sum
    from {{ ref('int_relation_cells') }}
    group by all

),

measured as (

    select *, 'pearson' as method, pressure_score as pressure, craft_score as craft from pairs
    union all
    select
        scores.*,
        'spearman',
        pressure_ranks.mid_sum as pressure,
        craft_ranks.mid_sum as craft,
    from pairs as scores
    inner join {{ mid_sums('pairs', 'weight_sum', 'pressure_score', relation_keys()) }} as pressure_ranks
        using ({{ relation_keys() }}, pressure_score)
    inner join {{ mid_sums('pairs', 'weight_sum', 'craft_score', relation_keys()) }} as craft_ranks
        using ({{ relation_keys() }}, craft_score)

),

moments as (

    select
        {{ relation_keys() }},
        method,
        sum(weight_sum) as total_weight,
        sum(weight_sum * pressure) / total_weight as pressure_mean,
        sum(weight_sum * craft) / total_weight as craft_mean,
        sum(weight_sum * pow(pressure, 2)) / total_weight - pow(pressure_mean, 2) as pressure_variance,
        sum(weight_sum * pow(craft, 2)) / total_weight - pow(craft_mean, 2) as craft_variance,
        -- Rounding may leave a little of a variance that is 0.
        case when pressure_variance > 1e-12 * pow(pressure_mean, 2) then sqrt(pressure_variance) end
            as pressure_deviation,
        case when craft_variance > 1e-12 * pow(craft_mean, 2) then sqrt(craft_variance) end as craft_deviation,
    from measured
    group by all

)

select
    measured.* replace (
        (pressure - pressure_mean) / pressure_deviation as pressure,
        (craft - craft_mean) / craft_deviation as craft
    ),
    moments.total_weight,
    moments.pressure_deviation,
    moments.craft_deviation,
from measured
inner join moments using ({{ relation_keys() }}, method)
