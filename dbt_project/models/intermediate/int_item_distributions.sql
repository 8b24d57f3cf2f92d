-- Every answer of the scale has a row, also one that nobody gave.
select
    groups.wave_id,
    groups.item_id,
    answers.theme_id,
    groups.breakdown,
    groups.group_code,
    answers.answer,
    coalesce(counts.respondents, 0)::bigint as respondents,
    coalesce(counts.weight_sum, 0) / nullif(groups.weight_sum, 0) as share,
    sum(share) over up_to_answer as cumulative_share,
from {{ ref('int_item_groups') }} as groups
inner join {{ ref('stg_item_answers') }} as answers
    on groups.wave_id = answers.wave_id
    and groups.item_id = answers.item_id
    and answers.meaning = 'answer'
left join {{ ref('int_answer_counts') }} as counts
    on groups.wave_id = counts.wave_id
    and groups.item_id = counts.item_id
    and groups.breakdown = counts.breakdown
    and groups.group_code = counts.group_code
    and answers.answer = counts.answer
window up_to_answer as (
    partition by groups.wave_id, groups.item_id, groups.breakdown, groups.group_code
    order by answers.answer
)
