-- Every contrast that a claim asks for, also where nobody answered. Above 0 is as the claim says.
with asked as (

    select distinct
        wave_id,
        finding_id,
        subjects.measure,
        subjects.subject_id,
        subjects.is_named,
        sides.group_code,
        sides.reference_code,
        sides.terms,
    from {{ ref('int_finding_sides') }} as sides
    inner join {{ ref('int_finding_subjects') }} as subjects using (wave_id, finding_id)

),

sums as (

    select
        wave_id,
        finding_id,
        measure,
        subject_id,
        group_code,
        reference_code,
        sum(coefficient * mean) - any_value(baseline) as difference,
        sum(respondents)::bigint as all_respondents,
        min(respondents) as smallest_respondents,
        count(*) as terms_answered,
        sqrt(sum(square_deviation_sum) / nullif(sum(respondents) - count(*), 0)) as pooled_standard_deviation,
        max(abs(mean)) as magnitude,
    from {{ ref('int_finding_means') }}
    group by all

)

select
    asked.* exclude (terms),
    sums.difference,
    if(sums.terms_answered = asked.terms, sums.smallest_respondents, 0) as respondents,
    sums.pooled_standard_deviation,
    case
        when all_respondents - strata - terms + 1 > 0 and variance > {{ rounding_variance('magnitude', 'all_respondents') }}
            then sqrt(variance)
    end as standard_error,
    -- As R's svyttest: valid answers, less strata, less one for each set of groups after the first.
    case when standard_error is not null then all_respondents - strata - terms + 1 end as degrees_of_freedom,
from asked
left join sums using (wave_id, finding_id, measure, subject_id, group_code, reference_code)
left join {{ ref('int_finding_errors') }}
    using (wave_id, finding_id, measure, subject_id, group_code, reference_code)
