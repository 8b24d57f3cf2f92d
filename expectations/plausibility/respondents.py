"""Respondents who look copied, inattentive or impossible, by what they answered.

What belongs here: checks that find single respondents by their answers and background, and the SQL
that they and `timing` share. What does not: when they answered (`timing`), and items as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from expectations.declarations import Expectation, Scope, no_rows
from expectations.delivery import check
from expectations.plausibility.combinations import impossible
from expectations.sql import literal, literals, union_all
from expectations.survey import attribute_columns, threshold_value
from orchestration.sql import identifier, identifiers

ASK_DOUBLES = (
    "Ask the sender whether these rows are one respondent each, and for a file without the doubles."
)
ASK_PANEL = (
    "Ask the sender how the field work agency judges these respondents, and whether they should "
    "count; to leave them out needs a corrected file."
)
ASK_BACKGROUND = (
    "Ask the sender whether a background variable was coded or joined wrongly. A rule that real "
    "people break is a row to take out of impossible_combinations.csv."
)


@check("No two respondents are the same but for their id", severity="warn", remedy=ASK_DOUBLES)
def answers_doubled(scope: Scope) -> Iterator[Expectation]:
    fewest = threshold_value(scope.codebook, "answers_doubled")
    items = [item.source_column for item in scope.items]
    if len(items) < fewest:
        return
    background = [
        column
        for kind in ("stratum", "group")
        for column in attribute_columns(scope.codebook, scope.wave, kind).values()
    ]
    # Answers are counted for those alone who look alike: that is a hundredth of the work.
    yield no_rows(
        """
        with respondents as (
            select rowid as place, {ids} as id, hash({cells}) as fingerprint from delivered
        ),
        alike as (
            select fingerprint, min(place) as first_place from respondents
            group by fingerprint
            having count(distinct id) > 1
        )
        select place + 1 as row, first_place + 1 as like_row
        from respondents
        join alike using (fingerprint)
        join delivered on delivered.rowid = respondents.place
        where {filled} >= {fewest}
        order by first_place, place
        """,
        ids=identifiers(attribute_columns(scope.codebook, scope.wave, "respondent").values()),
        cells=", ".join(
            f"coalesce({identifier(column)}, '')" for column in dict.fromkeys([*items, *background])
        ),
        filled=filled_cells(items),
        fewest=literal(fewest),
    )


@check("Few tick one answer all the way through a theme", severity="warn", remedy=ASK_PANEL)
def straight_lining(scope: Scope) -> Iterator[Expectation]:
    fewest = threshold_value(scope.codebook, "straight_lining.fewest_items")
    # Items of one list of codes look the same on the screen, whichever way their codes run.
    blocks = defaultdict(list)
    for item in scope.items:
        blocks[item.theme_id, item.code_list].append(item)
    long_enough = {block: items for block, items in blocks.items() if len(items) >= fewest}
    if not long_enough:
        return
    lines = [
        {
            "theme": literal(theme_id),
            "cells": ", ".join(f"nullif({identifier(item.source_column)}, '')" for item in items),
            "answers": literals(items[0].score_of),
            "filled": filled_cells(item.source_column for item in items),
            "fewest": literal(fewest),
        }
        for (theme_id, _), items in long_enough.items()
    ]
    yield no_rows(
        """
        with lines as ({lines}),
        themes as (
            select theme_id from lines
            group by theme_id
            having count(distinct place) > {largest_share} * (select count(*) from delivered)
        )
        select place + 1 as row, string_agg(distinct theme_id, ', ' order by theme_id) as themes
        from lines join themes using (theme_id)
        group by place
        order by place
        """,
        lines=union_all(
            "select rowid as place, {theme} as theme_id from delivered "
            "where least({cells}) = greatest({cells}) and least({cells}) in {answers} "
            "and {filled} >= {fewest}",
            lines,
        ),
        largest_share=literal(threshold_value(scope.codebook, "straight_lining")),
    )


@check("Nobody is what nobody can be", severity="warn", remedy=ASK_BACKGROUND)
def impossible_combinations(scope: Scope) -> Iterator[Expectation]:
    rules = impossible(scope)
    if not rules:
        return
    yield no_rows(
        """
        select place + 1 as row, string_agg(rule_id, ', ' order by rule_id) as rules
        from ({found})
        group by place
        qualify count(*) over () > {largest_share} * (select count(*) from delivered)
        order by place
        """,
        found=union_all(
            "select rowid as place, {rule} as rule_id from delivered where {condition}",
            ({"rule": literal(rule), "condition": held} for rule, held in rules.items()),
        ),
        largest_share=literal(threshold_value(scope.codebook, "impossible_combinations")),
    )


CHECKS = (answers_doubled, straight_lining, impossible_combinations)


def filled_cells(columns: Iterable[str]) -> str:
    """SQL: how many of these columns a respondent filled in, with whatever it be."""
    return " + ".join(f"(coalesce({identifier(column)}, '') <> '')::integer" for column in columns)
