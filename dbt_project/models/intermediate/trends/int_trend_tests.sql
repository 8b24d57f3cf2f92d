with items as (

    select wave_id, item_id as subject_id, 'item_score' as measure, theme_id, item_id, comparability,
        null as items_shared,
    from {{ ref('int_trend_items') }}
    union all
    select wave_id, theme_id as subject_id, 'theme_score' as measure, theme_id, 'score' as item_id,
        if(bool_or(comparability = 'reworded'), 'reworded', 'identical') as comparability,
        count(*) as items_shared,
    from {{ ref('int_trend_items') }}
    group by all

),

trends as (

    select
        trends.*,
        items.theme_id,
        items.item_id,
        items.comparability,
        items.items_shared,
        least(trends.respondents, trends.previous_respondents) < survey.minimum_group_size as is_suppressed,
        survey.minimum_group_size,
        case when not is_suppressed then student_t_p(trends.t, trends.degrees_of_freedom::double) end as p_value,
        concat_ws('|',
            trends.wave_id, if(trends.measure = 'theme_score', 'themes', items.theme_id), trends.measure,
            trends.breakdown, trends.basis, 'trend'
        ) as family,
    from {{ ref('int_trends') }} as trends
    inner join items using (wave_id, subject_id, measure)
    cross join {{ ref('survey') }} as survey

)

select
    *,
    case
        when is_suppressed then 'too few'
        when broken_note is not null then 'not comparable'
        when p_value is null then 'too few'
        when p_holm >= 0.05 then 'no difference shown'
        when difference > 0 then 'higher'
        else 'lower'
    end as verdict,
from {{ adjusted('trends') }}
