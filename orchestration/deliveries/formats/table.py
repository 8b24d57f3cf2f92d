"""The delivered table: what every reader makes, and what it can say about it.

What belongs here: the shape that all formats share, and how values and names become text in the
same way in each. What does not: anything about one format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import pyarrow as pa
from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.report import Problem
from orchestration.sql import identifier

TABLE = "delivered"


@dataclass(frozen=True)
class DeliveredColumn:
    """One column: its `name` as delivered and its `label` in the table, which differs from the name
    only where two columns have the same one. Labelled formats give the question's text, the labels
    of its codes, and the codes that the sender declared as missing.
    """

    name: str
    label: str
    text: str = ""
    value_labels: Mapping[str, str] = field(default_factory=dict)
    missing_codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class DeliveredTable:
    """What a reader saw. `first_row` is the place of the first respondent in the file as a person
    counts; `left_out` are the rows, counted likewise and ascending, that could not be read. `stated` says how the file was read, such
    as its encoding, by name, and `used` by which options, so that it can be read so again.
    """

    columns: tuple[DeliveredColumn, ...] = ()
    first_row: int = 1
    row_count: int = 0
    left_out: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()
    stated: Mapping[str, str] = field(default_factory=dict)
    used: Reading = field(default_factory=Reading)

    def row_in_file(self, position: int) -> int:
        """The row in the file, as a person counts, of the table's row at `position` (from 0)."""
        row = position + self.first_row
        for left_out in self.left_out:
            if left_out > row:
                break
            row += 1
        return row


def columns_of(names: Sequence[str | None]) -> tuple[DeliveredColumn, ...]:
    """The columns with these names; one without a name is `column<position>`, counted from 0.

    DuckDB tells names apart without regard to case, so that `q1` beside `Q1` gets a label too.
    """
    return tuple(_columns(names))


def _columns(names: Sequence[str | None]) -> Iterator[DeliveredColumn]:
    taken: set[str] = set()
    for position, given in enumerate(names):
        name = _storable(given) if given else f"column{position}"
        label = name
        while label.casefold() in taken:
            label += f" (column {position + 1})"
        taken.add(label.casefold())
        yield DeliveredColumn(name=name, label=label)


def _storable(name: str) -> str:
    """The name with what a database cannot hold written as an escape."""
    return name.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def create_table(connection: DuckDBPyConnection, columns: Sequence[DeliveredColumn]) -> None:
    """Make the empty table `delivered`, every column text."""
    definitions = ", ".join(f"{identifier(column.label)} varchar" for column in columns)
    connection.execute(f"create table {TABLE} ({definitions})")


def rows_in(connection: DuckDBPyConnection) -> int:
    """The number of rows in the table `delivered`."""
    counted = connection.execute(f"select count(*) from {TABLE}").fetchone()  # noqa: S608
    return int(counted[0]) if counted else 0


def append(connection: DuckDBPyConnection, rows: pa.Table) -> None:
    """Add rows whose columns stand in the table's order: numbers become text as in every format."""
    connection.register("rows_to_append", rows)
    try:
        values = ", ".join(
            number_as_text(name)
            if pa.types.is_floating(rows.schema.field(name).type)
            else f"nullif({identifier(name)}, '')"
            for name in rows.column_names
        )
        connection.execute(f"insert into {TABLE} select {values} from rows_to_append")  # noqa: S608
    finally:
        connection.unregister("rows_to_append")


def number_as_text(name: str) -> str:
    """SQL: a column of numbers as text, whole ones as `1` and others as they round-trip."""
    column = identifier(name)
    return (
        f"case when {column} = trunc({column}) and abs({column}) < 1e18 "
        f"then {column}::bigint::varchar else {column}::varchar end"
    )


def value_as_text(value: object) -> str | None:
    """A value of a workbook or of a labelled file as text; a blank is None."""
    match value:
        case None | "":
            return None
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            return str(int(value)) if value.is_integer() else repr(value)
        case datetime() | date() | time():
            return value.isoformat()
        case int() | timedelta():
            return str(value)
        case _:
            raise TypeError(f"A value of type {type(value).__name__} has no text.")
