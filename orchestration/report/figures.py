"""The one query by which results, differences, benchmarks and trends are brought together for the pages.

What belongs here: that query. What does not: reading what it gives, which `marts` does.
"""

# Everything that is said of one item, or one theme score, in one group: its figures, how it differs
# from the rest, where it stands among its peers, and since the wave before.
FIGURES = """
    create temp table figures as
    with results as (
        from item_results
        select wave_id, theme_id, item_id, breakdown, group_code, respondents, mean, ci_low, ci_high,
            favourable_share, rank_in_theme, is_suppressed, suppression_reason
        union all by name
        from theme_results
        select wave_id, theme_id, 'score' as item_id, breakdown, group_code, respondents, mean, ci_low, ci_high,
            favourable_share, is_suppressed, suppression_reason
    ),
    differences as (
        from group_differences
        select wave_id, theme_id, item_id, breakdown, group_code, difference, standard_error,
            degrees_of_freedom, p_holm, hedges_g, verdict
        where reference_code = 'rest'
        union all by name
        from theme_differences
        select wave_id, theme_id, 'score' as item_id, breakdown, group_code, difference, standard_error,
            degrees_of_freedom, p_holm, hedges_g, verdict
        where reference_code = 'rest'
    ),
    changes as (
        from trends
        select *
        where basis in ('same_groups', 'as_it_is_now')
    )
    select
        results.*,
        differences.difference,
        differences.standard_error as difference_error,
        differences.degrees_of_freedom,
        differences.p_holm,
        differences.hedges_g,
        differences.verdict,
        benchmarks.peer_median,
        benchmarks.peer_quartile_low,
        benchmarks.peer_quartile_high,
        benchmarks.place,
        changes.previous_wave_id,
        changes.comparability,
        changes.difference as change,
        changes.standard_error as change_error,
        changes.degrees_of_freedom as change_degrees_of_freedom,
        changes.p_holm as change_p_holm,
        changes.verdict as change_verdict,
        changes.note as change_note,
    from results
    left join differences using (wave_id, theme_id, item_id, breakdown, group_code)
    left join benchmarks using (wave_id, theme_id, item_id, breakdown, group_code)
    left join changes using (wave_id, theme_id, item_id, breakdown, group_code)
    where results.breakdown in (select unnest(?))
"""
NEEDED = (
    "item_results",
    "theme_results",
    "group_differences",
    "theme_differences",
    "trends",
    "benchmarks",
)
