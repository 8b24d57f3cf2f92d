"""Damage in delimited text: the rows that cannot be read, as problems for the sender.

What belongs here: what is wrong with the rows of such a file. What does not: reading it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.text_encoding import WINDOWS_1252, first_wrong_byte
from orchestration.deliveries.report import FIRST_ROWS, LONGEST_QUOTE, Cell, Kind, Problem, Severity

NOT_UTF8 = "INVALID ENCODING"
DAMAGES = {
    "MISSING COLUMNS": "Rows have fewer cells than the header.",
    "TOO MANY COLUMNS": "Rows have more cells than the header.",
}
OTHER_DAMAGE = "Rows have a quote that is not closed, or not doubled inside a quoted value."

SEND_AGAIN = "Export the file again, check that it is complete, and deliver it again."
AS_UTF8 = (
    "Export the file as UTF-8 (in a spreadsheet: “CSV UTF-8”) and deliver it again, or declare the "
    "encoding that it has in its manifest."
)
MEND_ROWS = (
    "Give every row as many cells as the header; put a value that holds a delimiter, a quote or a "
    "line break in quotes, and double the quotes inside it."
)


class Reject(NamedTuple):
    """A row that DuckDB could not read: its place in the file, what is wrong, and its beginning."""

    row: int
    damage: str
    text: str


def rejects_in(connection: DuckDBPyConnection) -> list[Reject]:
    """The rows that the last `read_csv` with `store_rejects` could not read, in order."""
    rows = connection.execute(
        """
        select
            line,
            if(bool_or(error_type = $not_utf8), $not_utf8, any_value(error_type::varchar)),
            left(trim(any_value(csv_line), e'\\r\\n'), $longest_quote)
        from reject_errors group by line order by line
        """,
        {"not_utf8": NOT_UTF8, "longest_quote": LONGEST_QUOTE},
    ).fetchall()
    return [Reject(*row) for row in rows]


def damaged_rows(
    path: Path, last_row: int, header_rows: int, rejects: Sequence[Reject]
) -> Iterator[Problem]:
    """Rows with too few or too many cells or a stray quote, and a last row that is not whole."""
    groups: dict[str, list[Reject]] = {}
    is_cut = not _ends_with_a_line_end(path)
    for reject in rejects:
        if reject.row >= last_row and is_cut:
            message = f"The file breaks off in its last row, row {reject.row}."
            yield Problem(Kind.TRUNCATED, message, SEND_AGAIN, first_rows=_cells([reject]))
            is_cut = False
        elif reject.damage != NOT_UTF8:
            groups.setdefault(DAMAGES.get(reject.damage, OTHER_DAMAGE), []).append(reject)
    if is_cut and last_row > header_rows:
        message = "The last row does not end its line: its last value may have been cut off."
        yield Problem(Kind.TRUNCATED, message, SEND_AGAIN, severity=Severity.WARN)
    for damage, group in groups.items():
        yield Problem(
            Kind.UNREADABLE, damage, MEND_ROWS, count=len(group), first_rows=_cells(group)
        )


def _cells(rejects: Sequence[Reject]) -> tuple[Cell, ...]:
    return tuple(Cell(reject.row, reject.text) for reject in rejects[:FIRST_ROWS])


def _ends_with_a_line_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) in b"\r\n"


def undecodable_rows(path: Path, encoding: str) -> Problem:
    """The rows that contradict the encoding: how many, and the first byte of the first."""
    count = 0
    found: list[tuple[int, bytes, int]] = []
    for row, line in _numbered_lines(path):
        at = first_wrong_byte(line, encoding)
        if at is not None:
            count += 1
            if len(found) < FIRST_ROWS:
                found.append((row, line, at))
    message = f"Rows are not {encoding.replace('utf', 'UTF')}."
    for row, line, at in found[:1]:
        likely = line[at : at + 1].decode(WINDOWS_1252, "replace")
        hint = f" ({likely!r} if the file is windows-1252)" if encoding != WINDOWS_1252 else ""
        message = (
            f"{message[:-1]}: in row {row}, the first, byte {at + 1} is 0x{line[at]:02X}{hint}."
        )
    return Problem(
        Kind.WRONG_ENCODING,
        message,
        AS_UTF8,
        count=max(1, count),
        first_rows=tuple(
            Cell(row, line[max(0, at - 10) : at + 10].decode(WINDOWS_1252, "replace").strip())
            for row, line, at in found
        ),
    )


def _numbered_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines with the number of their record: a line that ends within quotes goes on in the next."""
    row = 1
    is_within_quotes = False
    with path.open("rb") as file:
        for line in file:
            yield row, line
            is_within_quotes ^= line.count(b'"') % 2 == 1
            row += not is_within_quotes
