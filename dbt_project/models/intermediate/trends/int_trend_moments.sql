-- The sums of both waves of a pair, added over the groups that make one line.
with theme_values as (

    select
        cells.trend_wave_id as wave_id,
        cells.wave_id as source_wave_id,
        cells.theme_id as subject_id,
        'theme_score' as measure,
        groups.breakdown,
        groups.group_code,
        groups.stratum,
        groups.post_stratum,
        cells.score_sum / cells.items_answered as value,
        cells.respondents,
        {{ exact_weights() }}
    from {{ ref('trend_cells') }} as cells
    inner join {{ ref('int_profile_groups') }} as groups using (wave_id, profile_id)

),

moments as (

    select
        items.wave_id,
        moments.wave_id as source_wave_id,
        moments.* exclude (wave_id),
    from {{ ref('int_moments') }} as moments
    inner join {{ ref('int_trend_items') }} as items
        on moments.subject_id = items.item_id
        and moments.wave_id in (items.wave_id, items.previous_wave_id)
    where moments.measure in ('item_score', 'item_favourable')

    union all by name

    select
        wave_id,
        source_wave_id,
        subject_id,
        measure,
        breakdown,
        group_code,
        stratum,
        post_stratum,
        {{ moment_sums() }}
    from theme_values
    group by all

)

select
    moments.wave_id,
    moments.source_wave_id,
    groups.side,
    moments.subject_id,
    moments.measure,
    groups.breakdown,
    groups.basis,
    groups.line_code,
    moments.stratum,
    moments.post_stratum,
    sum(columns(['respondents', 'weight_sum', 'weighted_value_sum', 'weighted_value_square_sum',
        'weight_square_sum', 'weight_square_value_sum', 'weight_square_value_square_sum'])),
from moments
inner join {{ ref('int_trend_groups') }} as groups using (wave_id, source_wave_id, breakdown, group_code)
group by all
