-- The covariance of the means of each two groups of a break-down that are large enough to be tested.
with residuals as (

    select residuals.*
    from {{ ref('int_stratum_residuals') }} as residuals
    inner join {{ ref('int_tested_groups') }} using (wave_id, subject_id, measure, breakdown, group_code)
    where residuals.side = 'group'

),

strata as (

    select
        own.wave_id,
        own.subject_id,
        own.measure,
        own.breakdown,
        own.group_code,
        other.group_code as other_code,
        {{ stratum_covariance('own', 'other') }} as covariance,
    from residuals as own
    inner join residuals as other
        using (wave_id, subject_id, measure, breakdown, stratum, post_stratum)
    group by
        own.wave_id, own.subject_id, own.measure, own.breakdown, own.group_code, other.group_code,
        own.stratum, own.stratum_respondents, own.sampling_fraction

)

select wave_id, subject_id, measure, breakdown, group_code, other_code, sum(covariance) as covariance
from strata
group by all
