-- Unweighted: what can be told of a group is a matter of how many there are.
with items as (

    select
        wave_id,
        'item' as kind,
        item_id as subject_id,
        null as trend_wave_id,
        breakdown,
        group_code,
        list({ 'answer': answer::integer, 'respondents': respondents::integer } order by answer) as counts,
        count(*) = 1 as has_one_answer,
    from {{ ref('int_answer_counts') }}
    inner join {{ ref('stg_item_answers') }} as answers using (wave_id, item_id, answer)
    where answers.meaning = 'answer'
    group by all

),

scores as (

    select
        wave_id,
        kind,
        subject_id,
        trend_wave_id,
        breakdown,
        group_code,
        [{ 'answer': 0, 'respondents': sum(respondents)::integer }] as counts,
        min(lowest_score) = max(highest_score) as has_one_answer,
    from {{ ref('int_value_sums') }}
    where kind <> 'item'
    group by all

),

returned as (

    select
        wave_id,
        'response' as kind,
        'response' as subject_id,
        null as trend_wave_id,
        groups.breakdown,
        groups.group_code,
        [{ 'answer': 0, 'respondents': sum(respondents)::integer }] as counts,
        false as has_one_answer,
    from {{ ref('respondent_cells') }}
    inner join {{ ref('int_profile_groups') }} using (wave_id, profile_id)
    inner join {{ ref('int_groups') }} as groups using (wave_id, group_number)
    group by all

)

select * from items
union all
select * from scores
union all
select * from returned
