with differences as (

    select
        differences.*,
        items.theme_id,
        own.reason is not null or reference.reason is not null as is_too_few,
    from {{ ref('int_differences') }} as differences
    left join {{ ref('items') }} as items on differences.subject_id = items.item_id
    left join {{ ref('int_hidden_groups') }} as own
        on {{ is_hidden('own', "split_part(measure, '_', 1)", 'differences.subject_id', 'differences', 'differences.group_code') }}
    left join {{ ref('int_hidden_groups') }} as reference
        on {{ is_hidden('reference', "split_part(measure, '_', 1)", 'differences.subject_id', 'differences', 'differences.reference_code') }}

),

tested as (

    select
        *,
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
