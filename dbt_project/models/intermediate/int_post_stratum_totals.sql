-- A score and how much of it is favourable are summed side by side, and then put one below the other.
with totals as (

    select
        subject_number,
        group_number,
        post_stratum_number,
        sum(weight_sum) as weight_sum,
        sum(weight_sum * score) as weighted_score_sum,
        sum(weight_sum * favourable) as weighted_favourable_sum,
    from {{ ref('int_cell_values') }}
    where score is not null
    group by all

)

select subject_number, false as is_favourable, group_number, post_stratum_number, weight_sum,
    weighted_score_sum as weighted_value_sum,
from totals
union all
select subject_number, true, group_number, post_stratum_number, weight_sum, weighted_favourable_sum
from totals
inner join {{ ref('int_subjects') }} using (subject_number)
where kind <> 'shared_theme'
