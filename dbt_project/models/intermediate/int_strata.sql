with respondents as (

    select
        profiles.wave_id,
        profiles.stratum,
        profiles.post_stratum,
        sum(cells.respondents)::bigint as post_stratum_respondents,
    from {{ ref('respondent_cells') }} as cells
    inner join {{ ref('int_profile_groups') }} as profiles using (wave_id, profile_id)
    where profiles.breakdown = 'total'
    group by all

),

population as (

    select wave_id, stratum, sum(headcount) as headcount
    from {{ ref('population') }}
    group by all

)

select
    respondents.*,
    sum(post_stratum_respondents) over in_stratum::bigint as stratum_respondents,
    -- A sampling fraction cannot pass 1, whatever the headcount of another date says.
    case
        when headcount is null then 0
        else least(1, sum(post_stratum_respondents) over in_stratum / headcount)
    end as sampling_fraction,
from respondents
left join population using (wave_id, stratum)
window in_stratum as (partition by wave_id, stratum)
