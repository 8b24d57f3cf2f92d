-- Side a: the groups that a claim speaks of, or all; side b: those that they are held against, or the rest.
with sides as (

    select
        findings.wave_id,
        findings.finding_id,
        findings.comparison,
        findings.breakdown,
        groups.group_code,
        labels.position,
        'rest' in findings.groups_b as is_rest,
        case
            -- Claims within the whole wave, or about all groups of it, may name themes or items as sides.
            when len(findings.groups_a) = 0 or findings.comparison in ('in_total', 'each_against_rest')
                or groups.group_code in findings.groups_a
                then 'a'
            when 'rest' in findings.groups_b or groups.group_code in findings.groups_b then 'b'
        end as side,
    from {{ ref('int_findings') }} as findings
    inner join {{ ref('int_groups') }} as groups
        on findings.wave_id = groups.wave_id and findings.tested_breakdown = groups.breakdown
    left join {{ ref('groups') }} as labels
        on findings.attributes[1] = labels.attribute_id and groups.group_code = labels.group_code

)

select * from sides where side is not null
