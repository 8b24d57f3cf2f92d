-- The claims about what respondents show within themselves, on each wave: items of both sides as columns
-- of the wide table, joined by `|`. A wave's version counts the claims too.
with claims as (

    select
        waves.wave_id,
        waves.wave_version,
        findings.finding_id,
        findings.kind,
        findings.attribute,
        coalesce(breakdowns.breakdown, 'total') as breakdown,
        string_agg(lower(item_id), '|' order by items.position, item_id) filter (case findings.kind
            when 'valence_higher' then valence in string_split(group_a, '|')
            when 'theme_higher' then items.theme_id in string_split(group_a, '|')
            else item_id = string_split(item_ids, '|')[1]
        end) as own_columns,
        string_agg(lower(item_id), '|' order by items.position, item_id) filter (case findings.kind
            when 'valence_higher' then valence in string_split(group_b, '|')
            when 'theme_higher' then items.theme_id in string_split(group_b, '|')
            else item_id = string_split(item_ids, '|')[2]
        end) as other_columns,
    from {{ ref('stg_waves') }} as waves
    inner join {{ ref('item_versions') }} as versions on waves.wave_id = versions.wave_id
    inner join {{ ref('items') }} as items using (item_id)
    inner join {{ ref('findings') }} as findings
        on items.theme_id in string_split(findings.theme_id, '|')
        and findings.kind in ('valence_higher', 'theme_higher', 'tension')
    left join {{ ref('breakdowns') }} as breakdowns
        on findings.kind = 'tension'
        and findings.attribute = breakdowns.attribute_1
        and breakdowns.attribute_2 is null
    group by all

)

select
    * replace (
        left(md5(concat(
            wave_version,
            string_agg(format('{}', claims), '|' order by finding_id) over (partition by wave_id)
        )), 12) as wave_version
    )
from claims
where own_columns is not null and other_columns is not null
