with counted as (

    select
        wave_id,
        item_id,
        breakdown,
        group_code,
        sum(respondents) filter (meaning = 'answer') as respondents,
        sum(weight_sum) filter (meaning = 'answer') as weight_sum,
        sum(weight_sum) filter (meaning = 'dont_know') as dont_know_weight_sum,
    from {{ ref('int_answer_counts') }}
    inner join {{ ref('stg_item_answers') }} using (wave_id, item_id, answer)
    group by all

)

select
    wave_id,
    item_id,
    breakdown,
    group_code,
    coalesce(respondents, 0)::bigint as respondents,
    weight_sum,
    -- Of those who answered or said that they do not know.
    coalesce(dont_know_weight_sum, 0)
    / nullif(coalesce(weight_sum, 0) + coalesce(dont_know_weight_sum, 0), 0) as dont_know_share,
from counted
