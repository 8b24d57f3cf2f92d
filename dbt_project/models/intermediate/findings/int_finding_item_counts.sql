-- Of the items of a claim: on how many do groups differ, agree, or differ by more than the margin.
with by_item as (

    select
        evidence.wave_id,
        evidence.finding_id,
        evidence.subject_id,
        -- A claim about two themes has its second one on the other side.
        coalesce(any_value(items.theme_id) in any_value(findings.groups_b), false) as is_other_side,
        bool_or(evidence.is_different) as is_different,
        bool_and(evidence.is_equivalent) as is_equivalent,
        bool_or(evidence.is_beyond_margin) as is_beyond_margin,
    from {{ ref('int_finding_evidence') }} as evidence
    inner join {{ ref('int_findings') }} as findings using (wave_id, finding_id)
    left join {{ ref('items') }} as items on evidence.subject_id = items.item_id
    where findings.rule in ('agree', 'agree_more', 'any', 'differ')
    group by all

)

select
    wave_id,
    finding_id,
    is_other_side,
    count(*) as items,
    count_if(is_different) as items_different,
    count_if(is_equivalent) as items_equivalent,
    items_different > (1 - {{ agreeing_items() }}) * items as is_divided,
    items_equivalent >= {{ agreeing_items() }} * items as is_agreed,
    count_if(is_beyond_margin) > (1 - {{ agreeing_items() }}) * items as is_far_apart,
from by_item
group by all
