with before as (

    select * from {{ ref('stg_figures_before') }}

),

revisions as (

    select
        wave_id,
        revision,
        lead(revision) over (partition by wave_id order by revision) as next_revision,
    from (select distinct wave_id, revision from before) as kept

),

-- What a revision led to is what the next one found; for the last, what the marts are to show now.
after as (

    select revisions.revision, found.wave_id, found.item_id, found.breakdown, found.group_code, found.mean
    from revisions
    inner join before as found
        on revisions.wave_id = found.wave_id and revisions.next_revision = found.revision

    union all

    select revisions.revision, results.wave_id, results.item_id, results.breakdown, results.group_code, results.mean
    from revisions
    inner join {{ ref('int_item_results') }} as results using (wave_id)
    where revisions.next_revision is null and not results.is_suppressed and results.mean is not null

)

select
    wave_id,
    revision,
    item_id,
    breakdown,
    group_code,
    before.mean as mean_before,
    before.standard_error as standard_error_before,
    after.mean as mean_after,
    case
        when before.mean is null then 'appeared'
        when after.mean is null then 'disappeared'
        -- Sums in another order differ in the last digits, which is no move.
        when abs(after.mean - before.mean) > coalesce(before.standard_error, 0) + 1e-9 then 'moved'
        else 'stayed'
    end as change,
from before
full join after using (wave_id, revision, item_id, breakdown, group_code)
