"""The suite of a delivery: the accepted copy of one wave's file, before it is loaded.

What belongs here: what a wave's answers must be like, by its rows in the codebook, and how checks
of a delivery name what breaks them: by place, column and count, never by an id or an answer. What
does not: answers that are allowed and yet odd (`plausibility`, `timing`), and whether the file could
be read at all, which `orchestration.deliveries` decides before.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from expectations import declarations
from expectations.answers import BLANK, meanings, value_counts
from expectations.declarations import (
    Expectation,
    Scope,
    columns_present,
    no_rows,
    rows_at_least,
)
from expectations.sql import literal, literals
from expectations.survey import attribute_columns
from orchestration.sql import identifier

TABLE = "delivered"

check = partial(declarations.check, "delivery", TABLE)

CORRECT_FILE = "Ask the sender for a corrected file and deliver it again; nothing was loaded."
MEND_CODES = (
    "Ask the sender what the value means. A code that was forgotten is a row to add to {file}; "
    "a mistake needs a corrected file. Nothing was loaded."
)


@check("The delivery has rows", remedy=CORRECT_FILE)
def has_rows(_: Scope) -> Iterator[Expectation]:
    yield rows_at_least(1)


@check("Every column that the crosswalk asks for was delivered", remedy=CORRECT_FILE)
def crosswalk_columns_present(scope: Scope) -> Iterator[Expectation]:
    yield columns_present(scope.codebook.columns(scope.wave))


@check(
    "No column was delivered that the codebook does not know",
    remedy=(
        "Add the column to item_versions.csv, or to attribute_columns.csv with an attribute of "
        "kind raw_only; or ask the sender to leave it out. Nothing was loaded."
    ),
)
def columns_known(scope: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        select column_name from information_schema.columns
        where table_schema = current_schema() and table_name = {table} and column_name not in {known}
        """,
        table=literal(TABLE),
        known=literals(scope.codebook.columns(scope.wave)),
    )


@check("Every respondent has an id", remedy=CORRECT_FILE)
def respondent_ids_present(scope: Scope) -> Iterator[Expectation]:
    yield from _filled(scope, "respondent")


@check("No respondent id comes twice", remedy=CORRECT_FILE)
def respondent_ids_unique(scope: Scope) -> Iterator[Expectation]:
    for column in _columns(scope, "respondent"):
        yield no_rows(
            """
            select rowid + 1 as row from delivered
            where trim({column}) <> ''
            qualify count(*) over (partition by {column}) > 1
            """,
            column=identifier(column),
        )


@check("Every answer is in its item's scale", remedy=MEND_CODES.format(file="answer_codes.csv"))
def answers_within_scale(scope: Scope) -> Iterator[Expectation]:
    # One row for each cell that is off, so that cells are counted; different columns come first.
    yield no_rows(
        """
        select column_name, respondents
        from (
            select
                column_name,
                sum(times)::bigint as respondents,
                unnest(range(respondents)) as occurrence,
            from ({counts}) left join {meanings} using (column_name, value)
            where meaning is null
            group by column_name
        )
        order by occurrence
        """,
        counts=value_counts(scope),
        meanings=meanings(scope),
    )


@check(
    "Every group is one that the wave knows", remedy=MEND_CODES.format(file="attribute_codes.csv")
)
def groups_known(scope: Scope) -> Iterator[Expectation]:
    for column in scope.codebook.columns(scope.wave).values():
        if column.item_id is None and column.codes is not None:
            yield no_rows(
                """
                select rowid + 1 as row, {name} as column_name from delivered
                where coalesce({column}, '') not in {known}
                """,
                name=literal(column.name),
                column=identifier(column.name),
                known=literals([BLANK, *sorted(column.codes)]),
            )


@check("Every respondent belongs to a sampled unit", remedy=CORRECT_FILE)
def stratum_present(scope: Scope) -> Iterator[Expectation]:
    yield from _filled(scope, "stratum")


@check("Every weight is a number above zero", remedy=CORRECT_FILE)
def weights_positive(scope: Scope) -> Iterator[Expectation]:
    for column in _columns(scope, "weight"):
        yield no_rows(
            """
            select rowid + 1 as row from delivered
            where try_cast({column} as double) is null
                or try_cast({column} as double) <= 0
                or not isfinite(try_cast({column} as double))
            """,
            column=identifier(column),
        )


CHECKS = (
    has_rows,
    crosswalk_columns_present,
    columns_known,
    respondent_ids_present,
    respondent_ids_unique,
    answers_within_scale,
    groups_known,
    stratum_present,
    weights_positive,
)


def _columns(scope: Scope, kind: str) -> list[str]:
    return sorted(set(attribute_columns(scope.codebook, scope.wave, kind).values()))


def _filled(scope: Scope, kind: str) -> Iterator[Expectation]:
    for column in _columns(scope, kind):
        yield no_rows(
            "select rowid + 1 as row from delivered where trim(coalesce({column}, '')) = ''",
            column=identifier(column),
        )
