"""The vocabulary of a suite: checks, the expectations they expand into, and what they are held to.

What belongs here: frozen data and the few functions that make a GX expectation from plain values.
What does not: Great Expectations itself, and any particular check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from textwrap import dedent
from typing import Literal

from expectations.survey import AskedItem, Severity, asked_items
from orchestration.codebook import Codebook
from orchestration.sql import identifiers

Layer = Literal["delivery", "staging", "marts"]

SCHEMAS: Mapping[Layer, str] = {"delivery": "main", "staging": "staging", "marts": "marts"}


Answers = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True)
class Scope:
    """What data are held against: the survey's definition and the waves that they must cover.

    `before` gives how often each score was given to each item, by its id, in the wave before the
    one that is delivered; nothing where that is not loaded. What it raises makes an error of the
    checks that ask for it, and of no other.
    """

    codebook: Codebook
    waves: tuple[str, ...]
    before: Callable[[], Answers] = dict

    @property
    def wave(self) -> str:
        """The one wave of a delivery. Raises ValueError where there are none or several."""
        (wave_id,) = self.waves
        return wave_id

    @cached_property
    def items(self) -> tuple[AskedItem, ...]:
        """The items that the waves ask."""
        return asked_items(self.codebook, self.waves)

    @property
    def minimum_group_size(self) -> int:
        """The fewest respondents that a published figure may describe."""
        return int(self.codebook.survey["minimum_group_size"])


@dataclass(frozen=True)
class Expectation:
    """One GX expectation: the name that GX knows it by, its arguments, and what it says in words."""

    type: str
    arguments: Mapping[str, object]
    says: str


Builder = Callable[[Scope], Iterable[Expectation]]


@dataclass(frozen=True)
class Check:
    """A promise about one table, made of expectations; it becomes one asset check.

    `name` is its own among all suites. `expectations` may give none: then the promise does not apply
    to the survey or the wave, and is kept. A row of `quality_thresholds.csv` with the check's name
    overrules `severity`.
    """

    name: str
    layer: Layer
    table: str
    title: str
    severity: Severity
    remedy: str
    expectations: Builder


def check(
    layer: Layer, table: str, title: str, *, remedy: str, severity: Severity = "block"
) -> Callable[[Callable[[Scope], Iterator[Expectation]]], Check]:
    """Declares a function that gives expectations as the check of its name."""

    def declared(builder: Callable[[Scope], Iterator[Expectation]]) -> Check:
        return Check(builder.__name__, layer, table, title, severity, remedy, builder)

    return declared


def values_in_set(column: str, allowed: Iterable[object]) -> Expectation:
    """Every value of the column that is not NULL is one of these."""
    values = list(allowed)
    return Expectation(
        "expect_column_values_to_be_in_set",
        {"column": column, "value_set": values},
        f"{column} is one of {', '.join(repr(value) for value in values)}",
    )


def values_between(column: str, lowest: float, highest: float | None = None) -> Expectation:
    """Every value of the column that is not NULL lies between these, both included."""
    return Expectation(
        "expect_column_values_to_be_between",
        {"column": column, "min_value": lowest, "max_value": highest},
        f"{column} is at least {lowest}" + ("" if highest is None else f" and at most {highest}"),
    )


def values_present(column: str) -> Expectation:
    """The column is nowhere NULL."""
    return Expectation(
        "expect_column_values_to_not_be_null", {"column": column}, f"{column} is never NULL"
    )


def rows_unique(columns: Sequence[str]) -> Expectation:
    """No two rows agree on all of these columns; a NULL agrees with a NULL."""
    return no_rows(
        "select {columns}, count(*) as rows_found from batch group by all having count(*) > 1",
        columns=identifiers(columns),
    )


def columns_present(columns: Iterable[str]) -> Expectation:
    """The table has at least these columns."""
    names = sorted(columns)
    return Expectation(
        "expect_table_columns_to_match_set",
        {"column_set": names, "exact_match": False},
        f"the table has the columns {', '.join(names)}",
    )


def rows_at_least(count: int) -> Expectation:
    """The table has so many rows or more."""
    return Expectation(
        "expect_table_row_count_to_be_between",
        {"min_value": count},
        f"the table has at least {count} row" + ("" if count == 1 else "s"),
    )


def no_rows(query: str, **parts: str) -> Expectation:
    """The query, in DuckDB's SQL, finds nothing; each row that it finds breaks the promise.

    The checked table is called `batch` in it. `{name}` stands for a part made by `expectations.sql`.
    """
    filled = dedent(query).strip().format(**parts)
    return Expectation("unexpected_rows_expectation", {"unexpected_rows_query": filled}, filled)
