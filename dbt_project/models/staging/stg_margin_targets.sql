with margins as (

    select
        wave_id,
        attribute_id,
        dense_rank() over (partition by wave_id order by attribute_id) as position,
        group_code,
        headcount,
    from {{ ref('population_margins') }}
    inner join {{ ref('stg_weightings') }} using (wave_id)
    where weighting = 'margins'

),

answering as (

    select wave_id, position, group_code, sum(respondents) as respondents
    from (
        select wave_id, generate_subscripts(margin_cell, 1) as position, unnest(margin_cell) as group_code, respondents
        from {{ ref('stg_margin_cells') }}
    )
    group by all

),

matched as (

    select
        wave_id,
        position,
        max(attribute_id) over in_margin as attribute_id,
        group_code,
        headcount,
        coalesce(respondents, 0) as respondents,
        sum(headcount) over in_margin as margin_headcount,
        sum(headcount) filter (respondents is not null) over in_margin as matched_headcount,
        sum(respondents) filter (headcount is not null) over in_margin as matched_respondents,
        sum(respondents) over in_margin as wave_respondents,
    from margins
    full join answering using (wave_id, position, group_code)
    window in_margin as (partition by wave_id, position)

)

select
    wave_id,
    position,
    attribute_id,
    group_code,
    headcount,
    respondents,
    margin_headcount,
    max(margin_headcount) over (partition by wave_id) as wave_headcount,
    -- As with the joint population: a group without respondents lends its headcount to the others of
    -- its margin, and respondents without a known group stand for the average.
    case when respondents > 0 then wave_headcount * coalesce(
        matched_respondents / wave_respondents * headcount / matched_headcount, respondents / wave_respondents
    ) end as target,
from matched
