-- What happened between organisations from one wave to the next, and where each code ends up:
-- forward through mergers, as it is now; backward through splits, as it was.
with recursive events as (

    select pairs.wave_id, events.event, events.organisation_code, events.successor_code
    from {{ ref('int_wave_pairs') }} as pairs
    inner join {{ ref('organisation_events') }} as events
        on pairs.previous_fieldwork_end < events.event_date
        and pairs.fieldwork_end >= events.event_date
    where events.event in ('merge', 'split')

),

steps as (

    select wave_id, 'as_it_is_now' as basis, organisation_code as from_code, successor_code as to_code
    from events
    where event = 'merge'
    union all
    select wave_id, 'as_it_was', successor_code, organisation_code
    from events
    where event = 'split'

),

paths as (

    select wave_id, basis, from_code as organisation_code, to_code as line_code from steps
    union
    select paths.wave_id, paths.basis, paths.organisation_code, steps.to_code
    from paths
    inner join steps
        on paths.wave_id = steps.wave_id
        and paths.basis = steps.basis
        and paths.line_code = steps.from_code

)

-- Where a path goes on, its end is the line.
select paths.*
from paths
anti join steps
    on paths.wave_id = steps.wave_id
    and paths.basis = steps.basis
    and paths.line_code = steps.from_code
