with respondents as (

    select
        profiles.wave_id,
        profiles.stratum,
        profiles.post_stratum,
        any_value(profiles.post_stratum_number) as post_stratum_number,
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
    dense_rank() over (order by wave_id, stratum)::integer as stratum_number,
    sum(post_stratum_respondents) over in_stratum::bigint as stratum_respondents,
    -- A sampling fraction cannot pass 1, whatever the headcount of another date says.
    case when headcount is null then 0 else least(1, stratum_respondents / headcount) end as sampling_fraction,
    -- A variance is Σ (square_factor · Σz² − product_factor · (Σz)²) over post-strata; a stratum with
    -- one respondent counts Σz², as R's lonely.psu = "adjust".
    (1 - sampling_fraction) * if(stratum_respondents = 1, 1, stratum_respondents / (stratum_respondents - 1))
        as square_factor,
    if(stratum_respondents = 1, 0, square_factor / post_stratum_respondents) as product_factor,
from respondents
left join population using (wave_id, stratum)
window in_stratum as (partition by wave_id, stratum)
