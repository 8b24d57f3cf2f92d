-- The covariance of a group's mean with that of its reference, and the strata that the two are in.
with own as (

    select * from {{ ref('int_means') }} where side = 'group'

),

rest as (

    select * from {{ ref('int_means') }} where side = 'rest'

)

select
    own.wave_id,
    own.subject_id,
    own.measure,
    own.breakdown,
    own.group_code,
    'rest' as reference_code,
    (
        totals.value_rest_value - rest.mean * totals.value_rest_weight - own.mean * totals.weight_rest_value
        + own.mean * rest.mean * totals.weight_rest_weight
    ) / own.weight_sum / rest.weight_sum as covariance,
    totals.everyone_strata as strata,
from own
inner join rest using (subject_number, is_favourable, group_number)
inner join {{ ref('int_rest_totals') }} as totals using (subject_number, is_favourable, group_number)

union all

select
    comparisons.*,
    coalesce(covariances.covariance, 0) as covariance,
    own.strata + reference.strata - coalesce(covariances.shared_strata, 0) as strata,
from (
    select * exclude (kind) from {{ ref('int_comparisons') }} where kind = 'pairs'
) as comparisons
inner join own using (wave_id, subject_id, measure, breakdown, group_code)
inner join own as reference
    on {{ same_subject('comparisons', 'reference') }} and comparisons.reference_code = reference.group_code
left join {{ ref('int_group_covariances') }} as covariances
    on {{ same_subject('comparisons', 'covariances') }}
    and covariances.group_code = least(comparisons.group_code, comparisons.reference_code)
    and covariances.other_code = greatest(comparisons.group_code, comparisons.reference_code)
