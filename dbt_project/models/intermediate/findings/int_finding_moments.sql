with totals as (

    select members.*, totals.post_stratum_number, totals.weight_sum, totals.weighted_value_sum
    from {{ ref('int_finding_members') }} as members
    inner join {{ ref('int_post_stratum_totals') }} as totals using (subject_number, group_number)
    where not totals.is_favourable

    union all by name

    select members.*, strata.post_stratum_number, cells.weight_sum, cells.weighted_value_sum
    from {{ ref('int_finding_members') }} as members
    inner join {{ ref('finding_cells') }} as cells
        on members.wave_id = cells.wave_id
        and members.finding_id = cells.finding_id
        and members.breakdown = cells.breakdown
        and members.member_code = cells.group_code
        and members.measure = 'within_respondents'
    inner join {{ ref('int_strata') }} as strata
        on cells.wave_id = strata.wave_id and cells.post_stratum = strata.post_stratum

)

select
    wave_id,
    finding_id,
    measure,
    subject_id,
    group_code,
    reference_code,
    term,
    post_stratum_number,
    sum(weight_sum) as weight_sum,
    sum(weighted_value_sum) as weighted_value_sum,
from totals
group by all
