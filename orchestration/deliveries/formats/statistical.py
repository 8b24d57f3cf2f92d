"""Files of statistical programs: SPSS `.sav`, codes as delivered and their labels beside them.

Read in chunks of rows, so that a file may be larger than the memory. User-missing codes stay codes:
what they mean is the codebook's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import (
    DeliveredColumn,
    DeliveredTable,
    append,
    columns_of,
    create_table,
    rows_in,
    value_as_text,
)
from orchestration.deliveries.report import Kind, Problem, Severity

if TYPE_CHECKING:
    import pandas

# Each chunk reads past the rows before it: larger ones are quicker, and take 8 bytes a cell at least.
CELLS_PER_CHUNK = 20_000_000

SEND_AGAIN = "Save the file again from SPSS, check its number of cases, and deliver it again."


def read_sav(
    path: Path, connection: DuckDBPyConnection, _folder: Path, _reading: Reading
) -> DeliveredTable:
    """Read an SPSS file; it has no header, so row 1 is its first case."""
    import pyreadstat

    unreadable = (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError)
    try:
        _, metadata = pyreadstat.read_sav(path, metadataonly=True)
    except unreadable as error:
        return DeliveredTable(problems=(_damage(error),))
    columns = tuple(_columns(metadata))
    create_table(connection, columns)
    problems: tuple[Problem, ...] = ()
    try:
        for rows in _chunks(path, columns):
            append(connection, rows)
    except unreadable as error:
        problems = (_damage(error),)
    if metadata.number_rows is None:
        message = "The file does not say how many cases it has: a missing end would not be noticed."
        problems += (Problem(Kind.TRUNCATED, message, SEND_AGAIN, severity=Severity.WARN),)
    return DeliveredTable(columns=columns, row_count=rows_in(connection), problems=problems)


def _columns(metadata: Any) -> Iterator[DeliveredColumn]:
    for column in columns_of(metadata.column_names):
        labels = metadata.variable_value_labels.get(column.name, {})
        yield replace(
            column,
            text=metadata.column_names_to_labels.get(column.name) or "",
            value_labels={value_as_text(code) or "": label for code, label in labels.items()},
        )


def _chunks(path: Path, columns: Sequence[DeliveredColumn]) -> Iterator[pa.Table]:
    import pyreadstat

    size = max(1, CELLS_PER_CHUNK // max(1, len(columns)))
    for offset in count(step=size):
        rows, _ = pyreadstat.read_sav(path, row_offset=offset, row_limit=size, user_missing=True)
        yield pa.table(
            {
                column.label: _array(rows.iloc[:, position])
                for position, column in enumerate(columns)
            }
        )
        if len(rows) < size:
            return


def _array(values: pandas.Series[Any]) -> pa.Array:
    """Numbers as they are, which become text in the database; anything else as text here."""
    if values.dtype.kind == "f":
        return pa.array(values, from_pandas=True)
    return pa.array(values.map(value_as_text, na_action="ignore"), pa.string(), from_pandas=True)


def _damage(error: Exception) -> Problem:
    message = f"The SPSS file is cut off or damaged: {error}."
    return Problem(Kind.TRUNCATED, message, SEND_AGAIN)
