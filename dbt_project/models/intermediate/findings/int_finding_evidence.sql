-- p values are adjusted over the contrasts of one claim, which is its family.
with contrasts as (

    select contrasts.*, '' as reference_id
    from {{ ref('int_finding_contrasts') }} as contrasts
    inner join {{ ref('int_findings') }} as findings using (wave_id, finding_id)
    where findings.subjects <> 'theme_items' or (findings.comparison = 'sides' and contrasts.is_named)
    union all by name
    select * from {{ ref('int_finding_rankings') }}
    union all by name
    select *, '' as reference_id from {{ ref('int_finding_explained') }}

),

tests as (

    select
        contrasts.* exclude (is_named, p_value),
        concat_ws('|', wave_id, finding_id) as family,
        respondents < survey.minimum_group_size as is_too_few,
        difference / standard_error as t,
        case when not is_too_few then coalesce(p_value, student_t_p(t, degrees_of_freedom::double)) end as p_value,
        {{ equivalence_margin() }} * pooled_standard_deviation as margin,
        case when not is_too_few then student_t_tail(
            (margin - abs(difference)) / standard_error, degrees_of_freedom::double
        ) end as p_equivalent,
    from contrasts
    cross join {{ ref('survey') }} as survey

)

select
    *,
    p_value is null as is_untested,
    coalesce(p_holm < {{ finding_level() }}, false) as is_different,
    is_different and coalesce(difference > 0, true) as is_as_claimed,
    is_different and coalesce(difference < 0, false) as is_opposite,
    -- Both one-sided tests, and their contrary: the difference is shown to pass the margin.
    coalesce(p_equivalent < {{ equivalence_level() }}, false) as is_equivalent,
    coalesce((1 - p_equivalent) * family_size < {{ finding_level() }}, false) as is_beyond_margin,
from {{ adjusted('tests') }}
