with subjects as (

    select numbers.subject_number, items.wave_id, numbers.subject_id, 'item' as kind
    from {{ ref('int_trend_items') }} as items
    inner join {{ ref('int_subjects') }} as numbers on numbers.kind = 'item' and items.item_id = numbers.subject_id
    union all
    select subject_number, trend_wave_id, subject_id, 'theme' as kind
    from {{ ref('int_subjects') }}
    where kind = 'shared_theme'

),

totals as (

    select
        groups.wave_id,
        groups.side,
        groups.breakdown,
        groups.basis,
        groups.line_code,
        subject_number,
        totals.is_favourable,
        subjects.subject_id,
        subjects.kind,
        sum(totals.respondents)::bigint as respondents,
        any_value(totals.strata) as group_strata,
        sum(totals.weight_sum) as weight_sum,
        pow(sum(totals.weight_sum), 2) / sum(totals.weight_square_sum) as effective_n,
        sum(totals.weighted_value_sum) / sum(totals.weight_sum) as mean,
        sum(totals.value_variance) as value_variance,
        sum(totals.covariance) as covariance,
        sum(totals.weight_variance) as weight_variance,
    from {{ ref('int_trend_groups') }} as groups
    inner join {{ ref('int_group_totals') }} as totals using (group_number)
    inner join subjects using (wave_id, subject_number)
    group by all

)

select
    wave_id,
    side,
    subject_id,
    concat(kind, if(is_favourable, '_favourable', '_score')) as measure,
    breakdown,
    basis,
    line_code,
    totals.respondents,
    coalesce(joins.strata, totals.group_strata) as strata,
    totals.weight_sum,
    totals.effective_n,
    totals.mean,
    {{ ratio_variance(
        '(value_variance - coalesce(value_value, 0))',
        '(covariance - coalesce(value_weight, 0))',
        '(weight_variance - coalesce(weight_weight, 0))',
    ) }} as variance,
from totals
left join {{ ref('int_trend_joins') }} as joins
    using (wave_id, side, breakdown, basis, line_code, subject_number, is_favourable)
