{{ config(materialized='table') }}

with cells as (

    select
        wave_id,
        list(margin_cell order by margin_cell) as margin_cells,
        list(respondents order by margin_cell) as respondents,
    from {{ ref('stg_margin_cells') }}
    group by all

),

targets as (

    select
        wave_id,
        list(
            { 'position': position, 'group_code': group_code, 'target': target } order by position, group_code
        ) as targets,
    from {{ ref('stg_margin_targets') }}
    where respondents > 0
    group by all

),

solved as (

    select
        *,
        raked_weights(
            margin_cells, respondents, targets,
            coalesce(bounds.smallest_ratio, 0), coalesce(bounds.largest_ratio, 'infinity'::double)
        ) as raking,
    from cells
    inner join targets using (wave_id)
    left join {{ ref('weight_bounds') }} as bounds using (wave_id)

)

select
    wave_id,
    unnest(margin_cells) as margin_cell,
    unnest(respondents) as respondents,
    unnest(raking.weights) as weight,
    unnest(raking.is_trimmed) as is_trimmed,
    raking.cycles,
    raking.largest_margin_error,
    raking.converged,
from solved
