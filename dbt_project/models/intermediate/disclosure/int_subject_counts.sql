-- Unweighted: what can be told of a group is a matter of how many there are.
with groups as (

    select wave_id, profile_id, group_number from {{ ref('int_profile_groups') }}

),

answers as (

    select cells.wave_id, 'item' as kind, item_id as subject_id, null as trend_wave_id, group_number, answer, sum(respondents) as respondents
    from {{ ref('answer_cells') }} as cells
    inner join {{ ref('stg_item_answers') }} as answers using (wave_id, item_id, answer)
    inner join groups using (wave_id, profile_id)
    where answers.meaning = 'answer'
    group by all

),

items as (

    select * exclude (answer, respondents),
        list({ 'answer': answer::integer, 'respondents': respondents::integer } order by answer) as counts,
        count(*) = 1 as has_one_answer,
    from answers
    group by all

),

scores as (

    select wave_id, 'theme' as kind, theme_id, null as trend_wave_id, profile_id, score_sum / items_answered as score, respondents
    from {{ ref('theme_cells') }}
    union all
    select wave_id, 'shared_theme', theme_id, trend_wave_id, profile_id, score_sum / items_answered, respondents
    from {{ ref('trend_cells') }}

),

returned as (

    select wave_id, 'response' as kind, 'response' as subject_id, null as trend_wave_id, profile_id, respondents
    from {{ ref('respondent_cells') }}

),

counted as (

    select * from items

    union all by name

    select scores.wave_id, kind, theme_id as subject_id, trend_wave_id, group_number,
        [{ 'answer': 0, 'respondents': sum(respondents)::integer }] as counts,
        min(score) = max(score) as has_one_answer,
    from scores
    inner join groups using (wave_id, profile_id)
    group by all

    union all by name

    select returned.wave_id, kind, subject_id, trend_wave_id, group_number,
        [{ 'answer': 0, 'respondents': sum(respondents)::integer }] as counts,
        false as has_one_answer,
    from returned
    inner join groups using (wave_id, profile_id)
    group by all

)

select
    wave_id,
    kind,
    subject_id,
    trend_wave_id,
    groups.breakdown,
    groups.group_code,
    counts,
    has_one_answer,
from counted
inner join {{ ref('int_groups') }} as groups using (wave_id, group_number)
