-- Where the named items stand in each group, for claims that something is first, last, or among them.
with places as (

    select
        findings.wave_id,
        findings.finding_id,
        findings.kind,
        items.is_named,
        means.respondents,
        rank() over (
            partition by findings.wave_id, findings.finding_id, means.group_code
            order by findings.direction * means.mean desc
        ) as place,
        count(*) over (partition by findings.wave_id, findings.finding_id, means.group_code) as items,
    from {{ ref('int_findings') }} as findings
    inner join {{ ref('int_finding_items') }} as items using (wave_id, finding_id)
    inner join {{ ref('int_means') }} as means
        on findings.wave_id = means.wave_id
        and findings.breakdown = means.breakdown
        and items.item_id = means.subject_id
        and means.side = 'group'
        and means.measure = 'item_score'
    where findings.comparison = 'in_total' and findings.subjects = 'theme_items'

)

select
    wave_id,
    finding_id,
    max(place) as place,
    -- Among the highest or lowest: the outer quarter of the items.
    if(any_value(kind) like 'among%', ceil(any_value(items) / 4), 1)::bigint as last_place,
    min(respondents) as respondents,
from places
where is_named
group by all
