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
        {{ hidden_if('hidden.line_code is not null') }}
        case when not is_suppressed then student_t_p(trends.t, trends.degrees_of_freedom::double) end as p_value,
        concat_ws('|',
            trends.wave_id, if(trends.measure = 'theme_score', 'themes', items.theme_id), trends.measure,
            trends.breakdown, trends.basis, 'trend'
        ) as family,
    from {{ ref('int_trends') }} as trends
    inner join items using (wave_id, subject_id, measure)
    left join {{ ref('int_hidden_trends') }} as hidden
        on trends.wave_id = hidden.wave_id
        and trends.subject_id = hidden.subject_id
        and split_part(trends.measure, '_', 1) = hidden.kind
        and trends.breakdown = hidden.breakdown
        and trends.basis = hidden.basis
        and trends.group_code = hidden.line_code
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
