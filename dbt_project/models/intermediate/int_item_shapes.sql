with distributions as (

    select
        *,
        sum(share * answer) over in_group as mean,
        max(answer) over in_group - min(answer) over in_group as scale_width,
    from {{ ref('int_item_distributions') }}
    window in_group as (partition by wave_id, item_id, breakdown, group_code)

)

select
    wave_id,
    item_id,
    breakdown,
    group_code,
    -- The smallest answer that half of the weight does not exceed; a rounding error is no respondent.
    min(answer) filter (cumulative_share >= 0.5 - 1e-12) as median,
    -- Tastle and Wierman (2007): 1 when all agree, 0 when half stand at each end.
    case when max(share) is not null then
        1 + sum(case when share > 0 then share * log2(1 - abs(answer - mean) / scale_width) else 0 end)
    end as consensus,
from distributions
group by all
