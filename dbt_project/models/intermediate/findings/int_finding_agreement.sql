-- Claims that groups agree, agree more on one theme than on another, or differ.
select
    counts.wave_id,
    counts.finding_id,
    case any_value(findings.rule)
        when 'agree' then bool_and(counts.is_agreed) and any_value(consensus.consensus) >= {{ agreement_floor() }}
        when 'agree_more' then bool_and(if(counts.is_other_side, counts.is_divided, counts.is_agreed))
        when 'any' then bool_or(counts.items_different > 0)
        when 'differ' then bool_and(counts.is_divided)
    end as is_shown,
    -- That groups differ has no direction that could be turned round.
    case any_value(findings.rule)
        when 'agree' then bool_and(counts.is_far_apart)
        when 'agree_more' then bool_and(if(counts.is_other_side, counts.is_agreed, counts.is_divided))
        else false
    end as is_opposite,
from {{ ref('int_finding_item_counts') }} as counts
inner join {{ ref('int_findings') }} as findings using (wave_id, finding_id)
left join {{ ref('int_finding_consensus') }} as consensus using (wave_id, finding_id)
group by all
