-- Welch's analysis of variance: unweighted, and no stratum; a group that does not vary has no weight.
with groups as (

    select *, respondents / nullif(variance_unweighted, 0) as precision from {{ ref('int_tested_groups') }}

),

centred as (

    select
        *,
        sum(precision) over in_breakdown as total_precision,
        sum(precision * mean_unweighted) over in_breakdown / total_precision as centre,
    from groups
    window in_breakdown as (partition by wave_id, subject_id, measure, breakdown)

),

sums as (

    select
        wave_id,
        subject_id,
        measure,
        breakdown,
        count(*) as groups,
        sum(precision * pow(mean_unweighted - centre, 2)) / (groups - 1) as between_groups,
        sum(pow(1 - precision / total_precision, 2) / (respondents - 1)) as imprecision,
    from centred
    group by all
    having count(*) > 1 and count(precision) = count(*)

)

select
    wave_id,
    subject_id,
    measure,
    breakdown,
    between_groups / (1 + 2 * (groups - 2) / (pow(groups, 2) - 1) * imprecision) as welch_f,
    (pow(groups, 2) - 1) / (3 * imprecision) as welch_denominator_degrees_of_freedom,
    f_tail(welch_f, groups - 1::double, welch_denominator_degrees_of_freedom) as welch_p_value,
from sums
