-- Items that are ranked are held against one another, and what a claim finds within respondents has no
-- total that is published: there, one small group hides what the claim says of all.
with evidence as (

    select
        evidence.*,
        coalesce(hidden.is_hidden, false) or evidence.respondents < survey.minimum_group_size as is_own_hidden,
        evidence.reference_id <> '' as is_ranking,
        evidence.measure = 'within_respondents' as is_within,
    from {{ ref('int_finding_evidence') }} as evidence
    left join {{ ref('int_hidden_evidence') }} as hidden
        using (wave_id, finding_id, measure, subject_id, group_code, reference_code)
    cross join {{ ref('survey') }} as survey

),

items as (

    select wave_id, finding_id, group_code, reference_code, bool_or(is_hidden) as is_item_hidden
    from {{ ref('int_hidden_evidence') }}
    where measure = 'item_score'
    group by all

)

select
    evidence.* exclude (is_own_hidden, is_ranking, is_within),
    is_own_hidden
    or (is_ranking and coalesce(items.is_item_hidden, false))
    or (is_within and bool_or(is_own_hidden and is_within) over (partition by wave_id, finding_id)) as is_hidden,
from evidence
left join items using (wave_id, finding_id, group_code, reference_code)
