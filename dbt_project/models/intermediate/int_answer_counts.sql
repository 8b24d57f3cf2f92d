-- The cells of items, rolled up to groups. An answer that is no score counts, and has none.
with counts as (

    select
        subject_number,
        group_number,
        answer,
        score,
        favourable,
        sum(respondents)::bigint as respondents,
        sum(weight_sum) as weight_sum,
        sum(weight_square_sum) as weight_square_sum,
        sum(square_factor * weight_square_sum) as square_sum,
    from {{ ref('int_cell_values') }}
    inner join {{ ref('int_strata') }} using (post_stratum_number)
    where answer is not null
    group by all

)

select
    groups.wave_id,
    subjects.subject_id as item_id,
    groups.breakdown,
    groups.group_code,
    counts.*,
from counts
inner join {{ ref('int_groups') }} as groups using (group_number)
inner join {{ ref('int_subjects') }} as subjects using (subject_number)
