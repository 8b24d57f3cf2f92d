select
    cells.wave_id,
    cells.stratum,
    cells.role,
    cells.respondents,
    cells.stratum_respondents,
    cells.stratum_headcount,
    weightings.weighting,
    case
        when weighting = 'population' and matched_headcount is not null
            then concat(stratum, '|', if(headcount is null, '', role))
        else stratum
    end as post_stratum,
    case
        when weighting = 'none' then 1
        -- A role without respondents lends its headcount to the other roles of its stratum;
        -- respondents whose role is not known stand for the stratum's average.
        when weighting = 'population' then stratum_headcount / stratum_respondents * coalesce(
            (matched_respondents * headcount) / (matched_headcount * cells.respondents), 1
        )
    end as population_weight,
from {{ ref('stg_population_cells') }} as cells
inner join {{ ref('stg_weightings') }} as weightings using (wave_id)
