"""Files of statistical programs: SPSS and Stata, codes as delivered and their labels beside them.

Read in chunks of rows, so that a file may be larger than the memory. User-missing codes stay codes:
what they mean is the codebook's to say.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.apart import BrokeOff, read_apart
from orchestration.deliveries.formats.missing_codes import (
    EXTENDED_MISSING,
    spss_missing_codes,
    stata_missing_codes,
)
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

STATA_START = b"<stata_dta>"
STATA_END = b"</stata_dta>"

NO_SETS = (
    "Remove the sets in SPSS (Data, Define Multiple Response Sets), so that each answer is a "
    "column of its own with its codes, and deliver the file again."
)

Read = Callable[..., tuple[Any, Any]]
Code = Callable[[object], str | None]
MissingCodes = Callable[[DuckDBPyConnection, DeliveredColumn, Any], frozenset[str]]


@dataclass(frozen=True)
class Program:
    """A program whose files are read: its name, how, and how its codes and missing codes read."""

    name: str
    read: Read
    code: Code
    missing_codes: MissingCodes

    def damage(self, error: Exception) -> Problem:
        """The problem that a file of the program could not be read to its end."""
        message = f"The {self.name} file is cut off or damaged: {error}."
        return Problem(Kind.TRUNCATED, message, self.send_again)

    @property
    def send_again(self) -> str:
        """What the sender is to do."""
        return f"Save the file again from {self.name}, check its number of cases, and deliver it again."


def read_spss(
    path: Path, connection: DuckDBPyConnection, _folder: Path, reading: Reading
) -> DeliveredTable:
    """Read an SPSS file, `.sav` or `.zsav`; it has no header, so row 1 is its first case."""
    import pyreadstat

    program = Program("SPSS", pyreadstat.read_sav, value_as_text, spss_missing_codes)
    return _read(path, connection, reading, program)


def read_stata(
    path: Path, connection: DuckDBPyConnection, _folder: Path, reading: Reading
) -> DeliveredTable:
    """Read a Stata file; it has no header, so row 1 is its first observation."""
    import pyreadstat

    program = Program("Stata", pyreadstat.read_dta, _stata_code, stata_missing_codes)
    table = _read(path, connection, reading, program)
    if not table.problems and not _is_whole_stata(path):
        # What stands there are value labels, which the library reads as far as they go.
        damage = program.damage(EOFError("its last part is missing"))
        return replace(table, problems=(damage,))
    return table


def _is_whole_stata(path: Path) -> bool:
    """Whether the file ends as it has to; versions before 13 have no mark there."""
    with path.open("rb") as file:
        is_marked = file.read(len(STATA_START)) == STATA_START
        file.seek(-len(STATA_END), os.SEEK_END)
        return not is_marked or file.read() == STATA_END


def _stata_code(value: object) -> str | None:
    """A number's text; an extended missing value, which is given as its letter, as `.a` to `.z`."""
    return f".{value}" if value in EXTENDED_MISSING else value_as_text(value)


def _read(
    path: Path, connection: DuckDBPyConnection, reading: Reading, program: Program
) -> DeliveredTable:
    import pyreadstat

    unreadable = (
        *(pyreadstat.ReadstatError, pyreadstat.PyreadstatError),
        *(ValueError, OverflowError, BrokeOff),
    )
    try:
        _, metadata = read_apart(
            program.read, path, metadataonly=True, user_missing=True, encoding=reading.encoding
        )
    except unreadable as error:
        return DeliveredTable(problems=(program.damage(error),))
    columns = tuple(_columns(metadata, program))
    problems = [*_multiple_response_sets(metadata)]
    create_table(connection, columns)
    try:
        for rows in _chunks(path, columns, metadata, reading, program):
            append(connection, rows)
    except unreadable as error:
        problems.append(program.damage(error))
    row_count = rows_in(connection)
    if not problems and row_count < (metadata.number_rows or 0):
        missing = f"it has {row_count} of {metadata.number_rows} cases"
        problems.append(program.damage(EOFError(missing)))
    if metadata.number_rows is None:
        message = "The file does not say how many cases it has: a missing end would not be noticed."
        problems.append(
            Problem(Kind.TRUNCATED, message, program.send_again, severity=Severity.WARN)
        )
    return DeliveredTable(
        columns=tuple(
            replace(column, missing_codes=program.missing_codes(connection, column, metadata))
            for column in columns
        ),
        row_count=row_count,
        problems=tuple(problems),
        stated={} if not metadata.file_encoding else {"encoding": metadata.file_encoding},
    )


def _columns(metadata: Any, program: Program) -> Iterator[DeliveredColumn]:
    for column in columns_of(metadata.column_names):
        labels = metadata.variable_value_labels.get(column.name, {})
        yield replace(
            column,
            text=metadata.column_names_to_labels.get(column.name) or "",
            value_labels={program.code(code) or "": label for code, label in labels.items()},
        )


def _multiple_response_sets(metadata: Any) -> Iterator[Problem]:
    if metadata.mr_sets:
        sets = "; ".join(
            f"{name!r} of {', '.join(described['variable_list'])}"
            for name, described in sorted(metadata.mr_sets.items())
        )
        message = f"The file has multiple-response sets, which are no items of a scale: {sets}."
        yield Problem(Kind.UNSUPPORTED_FORMAT, message, NO_SETS, count=len(metadata.mr_sets))


def _chunks(
    path: Path,
    columns: Sequence[DeliveredColumn],
    metadata: Any,
    reading: Reading,
    program: Program,
) -> Iterator[pa.Table]:
    size = max(1, CELLS_PER_CHUNK // max(1, len(columns)))
    is_text = [metadata.readstat_variable_types.get(column.name) == "string" for column in columns]
    for offset in count(step=size):
        rows, _ = read_apart(
            program.read,
            path,
            row_offset=offset,
            row_limit=size,
            user_missing=True,
            encoding=reading.encoding,
        )
        yield pa.table(
            {
                column.label: _array(
                    rows.iloc[:, position], value_as_text if is_text[position] else program.code
                )
                for position, column in enumerate(columns)
            }
        )
        if len(rows) < size:
            return


def _array(values: pandas.Series[Any], code: Code) -> pa.Array:
    """Numbers as they are, which become text in the database; anything else as text here."""
    if values.dtype.kind == "f":
        return pa.array(values, from_pandas=True)
    return pa.array(values.map(code, na_action="ignore"), pa.string(), from_pandas=True)
