with margins as (

    select
        wave_id,
        count(distinct position) as margins,
        max(wave_headcount)::bigint as headcount,
        count(*) filter (respondents = 0) as empty_margin_groups,
        1 - min(margin_headcount) / max(margin_headcount) as margin_total_difference,
    from {{ ref('stg_margin_targets') }}
    group by all

),

cells as (

    select wave_id, margin_cell, bool_and(headcount is not null) as is_matched
    from (
        select wave_id, margin_cell, generate_subscripts(margin_cell, 1) as position, unnest(margin_cell) as group_code
        from {{ ref('stg_raked_weights') }}
    )
    inner join {{ ref('stg_margin_targets') }} using (wave_id, position, group_code)
    group by all

),

weights as (

    select
        wave_id,
        count(*) as margin_cells,
        coalesce(sum(respondents) filter (is_trimmed), 0)::bigint as trimmed_respondents,
        coalesce(sum(respondents) filter (is_matched), 0)::bigint as matched_respondents,
        any_value(cycles) as raking_cycles,
        any_value(largest_margin_error) as largest_margin_error,
        any_value(converged) as converged,
    from {{ ref('stg_raked_weights') }}
    inner join cells using (wave_id, margin_cell)
    group by all

)

select *
from margins
inner join weights using (wave_id)
