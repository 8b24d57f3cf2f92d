-- The figures that decided, added up over the contrasts of a claim.
with evidence as (

    select
        evidence.*,
        findings.rule,
        findings.rule in ('every', 'most', 'explained') as is_directed,
        -- Of several contrasts that must all hold, the weakest decides; of one that suffices, the strongest.
        case findings.rule when 'every' then t when 'any' then -p_value end as decisive_order,
    from {{ ref('int_finding_evidence') }} as evidence
    inner join {{ ref('int_findings') }} as findings using (wave_id, finding_id)

),

sums as (

    select
        wave_id,
        finding_id,
        any_value(rule) as rule,
        count(*) as tests,
        count(*) filter (is_as_claimed and is_directed) as tests_as_claimed,
        count(*) filter (is_opposite and is_directed) as tests_opposite,
        count_if(is_untested) as tests_impossible,
        min(respondents) as respondents,
        if(any_value(rule) = 'any', arg_max(evidence, decisive_order), arg_min(evidence, decisive_order)) as decisive,
    from evidence
    group by all

),

items as (

    select
        wave_id,
        finding_id,
        sum(items)::bigint as items,
        sum(items_different)::bigint as items_different,
        sum(items_equivalent)::bigint as items_equivalent,
    from {{ ref('int_finding_item_counts') }}
    group by all

)

select
    sums.* exclude (decisive, rule, respondents),
    least(sums.respondents, ranks.respondents) as respondents,
    {%- for column in ['difference', 'standard_error', 't', 'degrees_of_freedom', 'p_holm'] %}
    struct_extract(decisive, '{{ column }}') as {{ column }},
    {%- endfor %}
    items.items,
    items.items_different,
    items.items_equivalent,
    consensus.consensus,
    ranks.place,
    ranks.last_place,
from sums
left join items using (wave_id, finding_id)
left join {{ ref('int_finding_consensus') }} as consensus using (wave_id, finding_id)
left join {{ ref('int_finding_ranks') }} as ranks using (wave_id, finding_id)
