"""What the weights of a wave can stand for: checks on the mart `weighting`, part of the suite of the marts.

What belongs here: whether the weights do what they are for, and whom they leave out. What does not:
the figures that are weighted.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.declarations import Expectation, Scope, no_rows
from expectations.published import WEIGHTING, Mart, check_each
from expectations.sql import literal

MEND_BOUNDS = (
    "Widen the bounds of the wave in weight_bounds.csv, or join small groups of a margin in "
    "population_margins.csv: no weights meet all of them."
)
MEND_MARGINS = (
    "Give all margins of the wave in population_margins.csv the same population and date."
)

# Headcounts of another day differ by less; those of other people by more.
LARGEST_MARGIN_DIFFERENCE = 0.01


@check_each(WEIGHTING, title="Raked weights meet every margin", remedy=MEND_BOUNDS)
def margins_met(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        select {key}, smallest_ratio, largest_ratio, raking_cycles, largest_margin_error from batch
        where not converged
        """,
        key=mart.key_columns,
    )


@check_each(WEIGHTING, title="The margins of a wave count the same population", remedy=MEND_MARGINS)
def margins_agree(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield no_rows(
        "select {key}, margin_total_difference from batch where margin_total_difference > {largest}",
        key=mart.key_columns,
        largest=literal(LARGEST_MARGIN_DIFFERENCE),
    )


@check_each(
    WEIGHTING,
    title="Somebody stands for everyone in the population",
    remedy="Read the wave's row in `weighting`: others of the unit or the margin stand for them.",
    severity="warn",
)
def population_represented(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        select {key}, empty_cells, empty_cells_headcount, empty_margin_groups from batch
        where empty_cells > 0 or empty_margin_groups > 0
        """,
        key=mart.key_columns,
    )


@check_each(
    WEIGHTING,
    title="No weight is beyond the bounds of its wave",
    remedy="Ask the sender why some count for so many, or widen the bounds in weight_bounds.csv.",
    severity="warn",
)
def weights_within_bounds(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        select {key}, smallest_ratio, largest_ratio, out_of_bounds_respondents from batch
        where out_of_bounds_respondents > 0
        """,
        key=mart.key_columns,
    )


CHECKS = (
    *margins_met,
    *margins_agree,
    *population_represented,
    *weights_within_bounds,
)
