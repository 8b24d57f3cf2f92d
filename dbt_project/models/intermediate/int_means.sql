with sides as (

    select 'group' as side, * from {{ ref('int_group_totals') }}
    union all by name
    select 'rest' as side, * from {{ ref('int_rest_totals') }}

)

select
    groups.wave_id,
    subjects.subject_id,
    concat(subjects.kind, if(is_favourable, '_favourable', '_score')) as measure,
    groups.breakdown,
    groups.group_code,
    side,
    subject_number,
    is_favourable,
    group_number,
    respondents::bigint as respondents,
    weighted_value_sum / weight_sum as mean,
    value_sum / respondents as mean_unweighted,
    weight_sum,
    pow(weight_sum, 2) / weight_square_sum as effective_n,
    respondents / effective_n as design_effect,
    strata,
    -- Degrees of freedom as R's degf of the subset: valid answers less the strata they come from.
    respondents - strata as degrees_of_freedom,
    (value_square_sum - pow(value_sum, 2) / respondents) / nullif(respondents - 1, 0) as variance_unweighted,
    case when respondents > 1 then
        sqrt(greatest(0, respondents / (respondents - 1) * (weighted_value_square_sum / weight_sum - pow(mean, 2))))
    end as standard_deviation,
    {{ ratio_variance('value_variance', 'covariance', 'weight_variance') }} as variance,
from sides
inner join {{ ref('int_groups') }} as groups using (group_number)
inner join {{ ref('int_subjects') }} as subjects using (subject_number)
where subjects.kind <> 'shared_theme'
