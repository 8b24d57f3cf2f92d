"""Delimited text: csv in UTF-8, its cells separated by commas, plain or gzipped.

What belongs here: reading such a file as text. What does not: guessing; another delimiter or encoding
is refused with what it seems to be (`delimited_damage` says more of rows that cannot be read).
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shutil import copyfileobj

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.delimited_damage import (
    AS_UTF8,
    FIRST_ROW,
    MEND_ROWS,
    NOT_UTF8,
    SEND_AGAIN,
    damaged_rows,
    rejects_in,
    undecodable_lines,
)
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import (
    TABLE,
    DeliveredTable,
    columns_of,
    create_table,
    rows_in,
)
from orchestration.deliveries.report import Kind, Problem

PROBE_BYTES = 4096
OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}

AS_CSV = "Export the file as csv separated by commas and deliver it again."


def read_csv(
    path: Path, connection: DuckDBPyConnection, _folder: Path, _reading: Reading
) -> DeliveredTable:
    """Read a csv file; row 1 is its header."""
    with path.open("rb") as file:
        start = file.read(PROBE_BYTES)
    if not start.strip():
        return DeliveredTable()
    if b"\0" in start:
        message = "The file is not UTF-8 text: it is UTF-16, or no csv file at all."
        return DeliveredTable(problems=(Problem(Kind.WRONG_ENCODING, message, AS_UTF8),))
    try:
        names = _header(path)
    except csv.Error as error:
        message = f"The header cannot be read: {error}."
        return DeliveredTable(problems=(Problem(Kind.UNREADABLE, message, MEND_ROWS),))
    if not names:
        message = "The first row is blank; it has to name the columns."
        return DeliveredTable(problems=(Problem(Kind.UNREADABLE, message, MEND_ROWS),))
    for delimiter, plural in OTHER_DELIMITERS.items():
        if len(names) == 1 and delimiter in names[0]:
            message = f"The cells are separated by {plural}, not by commas."
            return DeliveredTable(problems=(Problem(Kind.UNREADABLE, message, AS_CSV),))
    return _read_rows(path, names, connection)


def read_gzipped_csv(
    path: Path, connection: DuckDBPyConnection, folder: Path, reading: Reading
) -> DeliveredTable:
    """Read a gzipped csv file: unpacked first, since DuckDB passes over a missing checksum."""
    unpacked = folder / "unpacked.csv"
    damage: tuple[Problem, ...] = ()
    try:
        with gzip.open(path) as source, unpacked.open("wb") as target:
            copyfileobj(source, target)
    except (EOFError, OSError, zlib.error) as error:
        message = f"The gzip file is cut off or damaged: {error}."
        damage = (Problem(Kind.TRUNCATED, message, SEND_AGAIN),)
    try:
        table = read_csv(unpacked, connection, folder, reading)
    finally:
        unpacked.unlink()
    return replace(table, problems=(*damage, *table.problems))


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        return next(csv.reader(file, strict=True), [])


def _read_rows(path: Path, names: Sequence[str], connection: DuckDBPyConnection) -> DeliveredTable:
    columns = columns_of(names)
    create_table(connection, columns)
    table = DeliveredTable(columns=columns, first_row=FIRST_ROW)
    try:
        connection.execute(
            f"""
            insert into {TABLE} from read_csv(
                $path, columns = $columns, header = true, auto_detect = false,
                delim = ',', quote = '"', escape = '"', encoding = 'utf-8',
                strict_mode = true, null_padding = false, store_rejects = true, rejects_limit = 0
            )
            """,
            {"path": str(path), "columns": {column.label: "VARCHAR" for column in columns}},
        )
    except duckdb.Error as error:
        # DuckDB names no row here; a line end that changes half-way is what it trips over.
        reason = str(error).splitlines()[0]
        message = f"The rows cannot be told apart, as where line ends are mixed: {reason}"
        return replace(table, problems=(Problem(Kind.UNREADABLE, message, SEND_AGAIN),))
    rejects = rejects_in(connection)
    # DuckDB does not look at the header that it skips.
    is_utf8 = _is_utf8("".join(names)) and all(reject.damage != NOT_UTF8 for reject in rejects)
    table = replace(
        table,
        row_count=rows_in(connection),
        left_out=tuple(reject.row for reject in rejects),
    )
    return replace(
        table,
        problems=(
            *(() if is_utf8 else [undecodable_lines(path)]),
            *damaged_rows(path, FIRST_ROW + table.row_count + len(rejects) - 1, rejects),
        ),
    )


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
