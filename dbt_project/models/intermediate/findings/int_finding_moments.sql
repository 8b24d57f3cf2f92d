with totals as (

    select members.*, totals.post_stratum_number, totals.weight_sum, totals.weighted_value_sum
    from {{ ref('int_finding_members') }} as members
    inner join {{ ref('int_post_stratum_totals') }} as totals using (subject_number, group_number)
    where not totals.is_favourable

    union all by name

    select * from {{ ref('int_finding_within') }}

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
