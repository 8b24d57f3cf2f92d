"""The downloads: the figures of each page as csv, every digit that the marts have.

What belongs here: which figures go into which file. What does not: what pages show of them.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.report.group_page import BREAKDOWN
from orchestration.report.marts import TOTAL, Marts
from orchestration.sql import literal

# The keys with their labels, then all figures.
FIGURES = """
    select
        figures.wave_id, figures.theme_id, figures.item_id,
        coalesce(dim_items.label_nl, dim_themes.label_nl) as item_nl,
        coalesce(dim_items.label_en, dim_themes.label_en) as item_en,
        figures.breakdown, figures.group_code, dim_groups.label_nl as group_nl, dim_groups.label_en as group_en,
        figures.* exclude (wave_id, theme_id, item_id, breakdown, group_code),
    from figures
    join dim_groups using (breakdown, group_code)
    join dim_themes using (theme_id)
    left join dim_items on dim_items.item_id = figures.item_id
    where {rows}
    order by figures.wave_id, dim_themes.position, dim_items.position nulls first,
        dim_groups.breakdown_position, dim_groups.position
"""
ANSWERS = """
    select wave_id, theme_id, item_id, dim_items.label_nl as item_nl, dim_items.label_en as item_en, answer,
        dim_answers.label_nl as answer_nl, dim_answers.label_en as answer_en, respondents, share,
        is_suppressed, suppression_reason
    from item_distributions
    join dim_items using (theme_id, item_id)
    join dim_item_versions using (wave_id, theme_id, item_id)
    join dim_answers using (scale_id, answer)
    where breakdown = {total} and theme_id = {theme}
    order by wave_id, dim_items.position, answer
"""
TABLES = ("findings", "finding_evidence", "response")


def write_downloads(marts: Marts, folder: Path) -> None:
    """Write the csv files of every page into `folder`, which is made."""
    from orchestration.report.site import slug_of

    folder.mkdir()
    for name in TABLES:
        if marts.table(name):
            marts.write_csv(f"from {name} order by all", folder / f"{name}.csv")
    if not marts.figures:
        return
    for theme in marts.themes:
        name, theme_id = slug_of("theme", theme["theme_id"]), literal(theme["theme_id"])
        rows = f"figures.theme_id = {theme_id}"
        marts.write_csv(FIGURES.format(rows=rows), folder / f"{name}.csv")
        answers = ANSWERS.format(total=literal(TOTAL), theme=theme_id)
        marts.write_csv(answers, folder / f"{name}-answers.csv")
    for breakdown in marts.breakdowns:
        for group in breakdown.groups if breakdown.breakdown == BREAKDOWN else ():
            code = literal(group["group_code"])
            rows = f"figures.breakdown = {literal(BREAKDOWN)} and figures.group_code = {code}"
            name = slug_of(BREAKDOWN, group["group_code"])
            marts.write_csv(FIGURES.format(rows=rows), folder / f"{name}.csv")
