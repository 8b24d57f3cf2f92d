"""Checking columns: the names and questions of a delivered table, held against the codebook.

What belongs here: columns that are unknown, missing, doubled, or used for another question. What
does not: the values in them, which `checking_values` holds against the codebook.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches

from duckdb import DuckDBPyConnection

from orchestration.codebook import Column
from orchestration.deliveries import privacy
from orchestration.deliveries.formats.table import TABLE, DeliveredColumn, DeliveredTable
from orchestration.deliveries.report import Kind, Problem
from orchestration.deliveries.wording import is_same_text
from orchestration.sql import identifier

SAMPLE = 200

TAKE_OUT = (
    "Ask the sender to leave the column out, or give it a row in item_versions.csv or "
    "attribute_columns.csv of the codebook."
)
ADD = (
    "Ask the sender for the column; if the wave does not have it, take its row out of "
    "item_versions.csv or attribute_columns.csv."
)
KEEP_ONE = "Ask the sender which of the columns is meant, and for a file with that one alone."
ASK_TEXT = (
    "Ask the sender which question was put. The same question: correct its wording in "
    "item_versions.csv. Another one: give it an item of its own there."
)


def column_problems(
    connection: DuckDBPyConnection, table: DeliveredTable, expected: Mapping[str, Column]
) -> list[Problem]:
    """What is wrong with the columns of the table `delivered`, given those that the wave has."""
    delivered = {column.name for column in table.columns}
    return [
        *doubled_columns(table.columns),
        *(
            _unknown(column, _sample(connection, column), expected.keys() - delivered)
            for column in table.columns
            if column.name not in expected
        ),
        *(
            Problem(Kind.MISSING_COLUMN, f"The codebook asks for {_meaning(column)}.", ADD, name)
            for name, column in expected.items()
            if name not in delivered
        ),
        *_other_questions(table.columns, expected),
    ]


def doubled_columns(columns: Iterable[DeliveredColumn]) -> Iterator[Problem]:
    """The names that come more than once, capitals or not: which column is meant is not known."""
    places: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for place, column in enumerate(columns, 1):
        places[column.name.casefold()].append((place, column.name))
    for doubled in places.values():
        if len(doubled) > 1:
            listed = ", ".join(f"{place} ({name!r})" for place, name in doubled)
            message = f"The name is used {len(doubled)} times: columns {listed}."
            yield Problem(Kind.DOUBLED_COLUMN, message, KEEP_ONE, doubled[0][1], len(doubled))


def _unknown(column: DeliveredColumn, sample: Sequence[str], missing: Iterable[str]) -> Problem:
    message = "The codebook does not know the column in this wave."
    remedy = TAKE_OUT
    if meant := get_close_matches(column.name, sorted(missing), n=1, cutoff=0.75):
        message += f" {meant[0]!r} is missing: is it that one?"
    if remark := privacy.remark(column.name, sample):
        message += f" {remark}."
        remedy = (
            "Ask the sender for a file without the column, and remove this one from the rejected "
            "deliveries: personal data that the codebook does not ask for must not be kept."
        )
    return Problem(Kind.UNKNOWN_COLUMN, message, remedy, column.name)


def _sample(connection: DuckDBPyConnection, column: DeliveredColumn) -> list[str]:
    name = identifier(column.label)
    rows = connection.execute(
        f"select {name} from {TABLE} where {name} is not null limit {SAMPLE}"  # noqa: S608
    ).fetchall()
    return [value for (value,) in rows]


def _meaning(column: Column) -> str:
    if column.item_id is not None:
        return f"it as item {column.item_id} ({column.wording!r})"
    return f"it as {', '.join(column.attribute_ids)}"


def _other_questions(
    columns: Iterable[DeliveredColumn], expected: Mapping[str, Column]
) -> Iterator[Problem]:
    for column in columns:
        wording = expected[column.name].wording if column.name in expected else ""
        if wording and column.text and not is_same_text(column.text, wording):
            message = f"The file asks {column.text!r}, the codebook {wording!r}."
            yield Problem(Kind.OTHER_QUESTION, message, ASK_TEXT, column.name)
