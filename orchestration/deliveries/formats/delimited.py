"""Delimited text: csv, tsv and the like, read as text.

What belongs here: the way from such a file to the table `delivered`. What does not: finding out its
encoding (`text_encoding`), its delimiter and quote (`dialects`) or what its header means
(`headers`); `delimited_damage` says more of rows that cannot be read.
"""

from __future__ import annotations

import csv
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.delimited_damage import (
    AS_UTF8,
    MEND_ROWS,
    SEND_AGAIN,
    damaged_rows,
    rejects_in,
    undecodable_rows,
)
from orchestration.deliveries.formats.dialects import (
    DELIMITERS,
    Dialect,
    dialect_of,
    first_records,
)
from orchestration.deliveries.formats.headers import MOST_ROWS, Header, header_of
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import TABLE, DeliveredTable, create_table, rows_in
from orchestration.deliveries.formats.text_encoding import (
    UTF_8,
    encoding_of,
    has_wrong_bytes,
    scan,
    write_as_utf8,
)
from orchestration.deliveries.report import Kind, Problem
from orchestration.machine import is_at_fault

DECLARE_RIGHT = "Declare the delimiter that the file has, or export it with the declared one."


def read_delimited(
    path: Path, connection: DuckDBPyConnection, folder: Path, reading: Reading
) -> DeliveredTable:
    """Read a delimited text file; row 1 is its header, and rows are counted as records."""
    scanned = scan(path)
    if scanned.is_blank:
        return DeliveredTable()
    if scanned.has_zero_bytes:
        message = "The file has zero bytes: it is UTF-16 or UTF-32 text, or no text at all."
        return _refused(Problem(Kind.WRONG_ENCODING, message, AS_UTF8))
    encoding = encoding_of(path, scanned, reading.encoding)
    if isinstance(encoding, Problem):
        return _refused(encoding)
    stated = {"encoding": str(encoding)}
    if encoding.name == UTF_8:
        is_text = scanned.is_utf8
        table = _read_text(path, connection, reading)
    else:
        is_text = not has_wrong_bytes(path, encoding.name)
        copy = write_as_utf8(path, encoding.name, folder / "as_utf8.txt")
        try:
            table = _read_text(copy, connection, reading)
        finally:
            copy.unlink()
    records = table.first_row - 1 + table.row_count + len(table.left_out)
    if table.columns and scanned.line_feeds > records:
        stated["rows"] = "counted as records: some have several lines"
    wrong = [] if is_text else [undecodable_rows(path, encoding.name)]
    return replace(
        table,
        problems=(*wrong, *table.problems),
        used=replace(table.used, encoding=encoding.name, decimal=reading.decimal),
        stated={**stated, **table.stated}
        | ({} if reading.decimal is None else {"decimal": f"{reading.decimal} (declared)"}),
    )


def _read_text(path: Path, connection: DuckDBPyConnection, reading: Reading) -> DeliveredTable:
    """Read a file that is UTF-8."""
    dialect = dialect_of(path, connection, reading)
    if isinstance(dialect, Problem):
        return _refused(dialect)
    try:
        rows = [next(first_records(path, dialect, 1), [])]
    except csv.Error as error:
        message = f"The header cannot be read: {error}."
        return _refused(Problem(Kind.UNREADABLE, message, MEND_ROWS))
    if not rows[0]:
        message = "The first row is blank; it has to name the columns."
        return _refused(Problem(Kind.UNREADABLE, message, MEND_ROWS))
    for delimiter, plural in DELIMITERS.items() if reading.delimiter else ():
        if len(rows[0]) == 1 and delimiter in rows[0][0] and delimiter != dialect.delimiter:
            message = (
                f"The cells are separated by {plural}, not by {DELIMITERS[dialect.delimiter]}."
            )
            return _refused(Problem(Kind.UNREADABLE, message, DECLARE_RIGHT))
    with suppress(csv.Error):
        rows = list(first_records(path, dialect, MOST_ROWS))
    header = header_of(rows)
    return replace(
        _read_rows(path, header, dialect, connection),
        stated={**dialect.stated, **header.stated},
        used=Reading(delimiter=dialect.delimiter, quote=dialect.quote or None),
    )


def _refused(problem: Problem) -> DeliveredTable:
    return DeliveredTable(problems=(problem,))


def _read_rows(
    path: Path, header: Header, dialect: Dialect, connection: DuckDBPyConnection
) -> DeliveredTable:
    create_table(connection, header.columns)
    table = DeliveredTable(columns=header.columns, first_row=header.rows + 1)
    try:
        connection.execute(
            f"""
            insert into {TABLE} from read_csv(
                $path, columns = $columns, header = true, auto_detect = false,
                delim = $delimiter, quote = $quote, escape = $quote, encoding = 'utf-8',
                strict_mode = true, null_padding = false, store_rejects = true, rejects_limit = 0
            ) {"" if header.rows == 1 else f"offset {header.rows - 1}"}
            """,
            {
                "path": str(path),
                "columns": {column.label: "VARCHAR" for column in header.columns},
                "delimiter": dialect.delimiter,
                "quote": dialect.quote,
            },
        )
    except duckdb.Error as error:
        if is_at_fault(error):
            raise
        # DuckDB names no row here; a line end that changes half-way is what it trips over.
        reason = str(error).splitlines()[0]
        message = f"The rows cannot be told apart, as where line ends are mixed: {reason}"
        return replace(table, problems=(Problem(Kind.UNREADABLE, message, SEND_AGAIN),))
    rejects = rejects_in(connection)
    table = replace(
        table,
        row_count=rows_in(connection),
        left_out=tuple(reject.row for reject in rejects),
    )
    last_row = header.rows + table.row_count + len(rejects)
    return replace(table, problems=tuple(damaged_rows(path, last_row, header.rows, rejects)))
