with returned as (

    select
        cells.wave_id,
        groups.breakdown,
        groups.group_code,
        sum(cells.respondents)::bigint as returned,
        sum(cells.respondents) filter (cells.items_answered * 2 >= cells.items_asked) as usable,
        1 - sum(cells.respondents * cells.items_answered) / sum(cells.respondents * cells.items_asked)
            as item_nonresponse_share,
    from {{ ref('respondent_cells') }} as cells
    inner join {{ ref('int_profile_groups') }} as groups using (wave_id, profile_id)
    group by all

),

-- Of a break-down with a group that is hidden for some item, the share would tell what its items leave.
incomplete as (

    select distinct hidden.wave_id, hidden.breakdown
    from {{ ref('int_hidden_groups') }} as hidden
    left join {{ ref('int_hidden_groups') }} as in_response
        on {{ is_hidden('in_response', "'response'", "'response'", 'hidden', 'hidden.group_code') }}
    where hidden.kind = 'item' and hidden.group_code <> 'rest' and in_response.reason is null

),

combined as (

    select
        returned.wave_id,
        returned.breakdown,
        returned.group_code,
        case when returned.breakdown = 'total' then waves.invited end as invited,
        returned.returned,
        coalesce(returned.usable, 0)::bigint as usable,
        if(incomplete.breakdown is null, returned.item_nonresponse_share, null) as item_nonresponse_share,
        population.headcount,
        {{ hidden_if('hidden.reason is not null') }}
    from returned
    inner join {{ ref('waves') }} as waves using (wave_id)
    left join {{ ref('int_population') }} as population using (wave_id, breakdown, group_code)
    left join {{ ref('int_hidden_groups') }} as hidden
        on {{ is_hidden('hidden', "'response'", "'response'", 'returned', 'returned.group_code') }}
    left join incomplete using (wave_id, breakdown)
    cross join {{ ref('survey') }} as survey

)

select
    wave_id,
    breakdown,
    group_code,
    invited,
    {{ shown('returned') }},
    {{ shown('usable') }},
    case when not is_suppressed then returned / invited end as response_rate,
    {{ shown('item_nonresponse_share') }},
    headcount,
    case when not is_suppressed then usable / headcount end as coverage,
    is_suppressed,
    suppression_reason,
from combined
