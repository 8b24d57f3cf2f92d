-- Two waves are independent samples: their variances add, and so do their degrees of freedom.
with lines as (

    select wave_id, breakdown, basis, line_code, string_agg(distinct broken_note, '; ') as broken_note
    from {{ ref('int_trend_groups') }}
    group by all

)

select
    now.wave_id,
    pairs.previous_wave_id,
    now.subject_id,
    now.measure,
    now.breakdown,
    now.basis,
    now.line_code as group_code,
    now.respondents,
    before.respondents as previous_respondents,
    now.mean,
    before.mean as previous_mean,
    lines.broken_note,
    case when lines.broken_note is null then now.mean - before.mean end as difference,
    case
        when now.variance + before.variance
            > {{ rounding_variance('now.mean', 'now.effective_n') }}
            + {{ rounding_variance('before.mean', 'before.effective_n') }}
            then sqrt(now.variance + before.variance)
    end as standard_error,
    difference / standard_error as t,
    nullif(greatest(0, now.respondents + before.respondents - now.strata - before.strata - 1), 0)
        as degrees_of_freedom,
from {{ ref('int_trend_estimates') }} as now
inner join {{ ref('int_trend_estimates') }} as before
    using (wave_id, subject_id, measure, breakdown, basis, line_code)
inner join {{ ref('int_wave_pairs') }} as pairs using (wave_id)
inner join lines using (wave_id, breakdown, basis, line_code)
where now.side = 'now' and before.side = 'before'
