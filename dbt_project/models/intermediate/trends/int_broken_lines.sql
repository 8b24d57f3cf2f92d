-- Lines that no joining of groups mends: of a ministry that split there is no half in the wave before,
-- and of ministries that merged none in the wave after.
with events as (

    select pairs.wave_id, events.event, events.event_date, events.organisation_code, events.successor_code,
        if(events.event = 'split', 'as_it_is_now', 'as_it_was') as basis,
    from {{ ref('int_wave_pairs') }} as pairs
    inner join {{ ref('organisation_events') }} as events
        on pairs.previous_fieldwork_end < events.event_date
        and pairs.fieldwork_end >= events.event_date
    where events.event in ('merge', 'split')

),

lines as (

    select
        events.*,
        coalesce(own.line_code, events.organisation_code) as line_code,
        coalesce(other.line_code, events.successor_code) as other_code,
    from events
    left join {{ ref('int_organisation_events') }} as own using (wave_id, basis, organisation_code)
    left join {{ ref('int_organisation_events') }} as other
        on events.wave_id = other.wave_id
        and events.basis = other.basis
        and events.successor_code = other.organisation_code

),

-- What split off and came back between two waves left no trace.
broken as (

    select *, unnest([line_code, other_code]) as broken_code from lines where line_code <> other_code

)

select
    wave_id,
    basis,
    broken_code as line_code,
    string_agg(
        format('{} of {} and {} on {}', event, organisation_code, successor_code, event_date), '; '
        order by event_date
    ) as note,
from broken
group by all
