-- depends_on: {{ ref('stg_waves') }}
-- A respondent's residual is what the correlation would gain by a little more of the respondent's weight.
{%- set relation = relation_keys() ~ ', method' %}
with scored as materialized (

    select * from {{ ref('int_relation_values') }} where {{ is_of_wave_to_sum() }}

),

correlations as (

    select {{ relation }}, sum(weight_sum * pressure * craft) / any_value(total_weight) as correlation
    from scored
    group by all

),

related as (

    select *
    from scored
    inner join correlations using ({{ relation }})

),

ranked as (

    select * from related where method = 'spearman'

),

influences as (

    select
        {{ relation }},
        pressure_score,
        craft_score,
        correlation,
        (
            pressure * craft - correlation / 2 * (pow(pressure, 2) + pow(craft, 2))
            -- More weight for one moves the ranks of everyone above.
            + coalesce(pressure_ranks.mid_sum / pressure_deviation, 0)
            + coalesce(craft_ranks.mid_sum / craft_deviation, 0)
        ) / total_weight as influence,
    from related
    left join
        {{ mid_sums('ranked', 'weight_sum * (craft - correlation * pressure)', 'pressure_score', relation, 'desc') }}
            as pressure_ranks
        using ({{ relation }}, pressure_score)
    left join
        {{ mid_sums('ranked', 'weight_sum * (pressure - correlation * craft)', 'craft_score', relation, 'desc') }}
            as craft_ranks
        using ({{ relation }}, craft_score)

)

select
    {{ relation }},
    sources.wave_version,
    cells.stratum,
    cells.post_stratum,
    any_value(correlation) as correlation,
    sum(cells.respondents)::bigint as respondents,
    sum(cells.weight_sum * influence) as residual_sum,
    sum(cells.weight_square_sum * pow(influence, 2)) as residual_square_sum,
from {{ ref('int_relation_cells') }} as cells
inner join influences using ({{ relation_keys() }}, pressure_score, craft_score)
inner join {{ ref('int_wave_sources') }} as sources using (wave_id)
group by all
