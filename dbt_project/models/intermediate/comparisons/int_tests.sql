with differences as (

    select differences.*, items.theme_id, survey.minimum_group_size
    from {{ ref('int_differences') }} as differences
    left join {{ ref('items') }} as items on differences.subject_id = items.item_id
    cross join {{ ref('survey') }} as survey

),

tested as (

    select
        *,
        least(respondents, reference_respondents) < minimum_group_size as is_too_few,
        case when not is_too_few then student_t_p(t, degrees_of_freedom::double) end as p_value,
        case when not is_too_few then student_t_p(welch_t, welch_degrees_of_freedom) end as welch_p_value,
        -- Both one-sided tests: the difference is smaller than a fifth of the pooled deviation.
        case when not is_too_few then student_t_tail(
            ({{ equivalence_margin() }} * pooled_standard_deviation - abs(difference)) / standard_error,
            degrees_of_freedom::double
        ) end as p_equivalent,
        concat_ws('|',
            wave_id,
            if(measure = 'theme_score', 'themes', theme_id),
            measure,
            breakdown,
            kind,
            -- Of two groups, each is the other's rest: one test, not two.
            case when kind = 'rest' and count(*) over same_breakdown = 2 then group_code end
        ) as family,
    from differences
    window same_breakdown as (partition by wave_id, subject_id, measure, breakdown, kind)

)

select
    *,
    case
        when is_too_few or p_value is null then 'too few'
        when p_holm >= 0.05 then 'no difference shown'
        when difference > 0 then 'higher'
        else 'lower'
    end as verdict,
from {{ adjusted('tested') }}
