"""Workbooks: a sheet of an `.xlsx` or `.ods`, its first row that is not blank as the header.

The sheet is the one that the manifest names, else the first.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import pyarrow as pa
from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.cell_errors import error_cells
from orchestration.deliveries.formats.compression import is_too_large, too_large
from orchestration.deliveries.formats.headers import MOST_ROWS, header_of
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import (
    DeliveredTable,
    append,
    create_table,
    rows_in,
    value_as_text,
)
from orchestration.deliveries.report import FIRST_ROWS, Cell, Kind, Problem, Severity

ROWS_PER_CHUNK = 20_000

SEND_AGAIN = (
    "Save the workbook again without a password, check that it opens, and deliver it again."
)
ONE_SHEET = (
    "Check that the first sheet is the delivery, and leave the other sheets out or name the sheet "
    "in the manifest."
)
NAME_ONE = "Name one of these sheets in the manifest."
MEND_CELLS = "Replace the formulas by their values, and the errors by the answers or by blanks."

Rows = Iterator[tuple[int, list[Any]]]


def read_sheet(
    path: Path, connection: DuckDBPyConnection, _folder: Path, reading: Reading
) -> DeliveredTable:
    """Read a sheet of a workbook; unless one is named, others with something in them are a warning."""
    import python_calamine

    if _is_too_large(path):
        return DeliveredTable(problems=(too_large("workbook"),))
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        names = workbook.sheet_names
        name = names[0] if reading.sheet is None and names else reading.sheet or ""
        if name not in names:
            message = f"The workbook has no sheet {name!r}; it has {', '.join(map(repr, names))}."
            return DeliveredTable(problems=(Problem(Kind.UNREADABLE, message, NAME_ONE),))
        rows = enumerate(workbook.get_sheet_by_name(name).iter_rows(), 1)
        others = [
            other
            for other in names[1:]
            if reading.sheet is None and workbook.get_sheet_by_name(other).height
        ]
        table = _read_rows(rows, connection)
    except (python_calamine.CalamineError, OSError) as error:
        message = f"The workbook is cut off, damaged or locked: {error}."
        return DeliveredTable(problems=(Problem(Kind.UNREADABLE, message, SEND_AGAIN),))
    stated = {"sheet": f"{name} ({'the first' if reading.sheet is None else 'declared'})"}
    return DeliveredTable(
        columns=table.columns,
        first_row=table.first_row,
        row_count=table.row_count,
        problems=(*_unread(others), *_errors(path, name)),
        stated={**stated, **table.stated},
        used=Reading(sheet=name),
    )


def _is_too_large(path: Path) -> bool:
    with suppress(zipfile.BadZipFile, OSError), zipfile.ZipFile(path) as workbook:
        unpacked = sum(part.file_size for part in workbook.infolist())
        return is_too_large(unpacked, path.stat().st_size)
    return False


def _read_rows(rows: Rows, connection: DuckDBPyConnection) -> DeliveredTable:
    """Make the table of the rows from the first that is not blank."""
    top = next(((number, row) for number, row in rows if any(cell != "" for cell in row)), None)
    if top is None:
        return DeliveredTable()
    head = [top, *islice(rows, MOST_ROWS - 1)]
    header = header_of([[value_as_text(cell) for cell in row] for _, row in head])
    create_table(connection, header.columns)
    for chunk in _chunks(
        chain(head[header.rows :], rows), [column.label for column in header.columns]
    ):
        append(connection, chunk)
    return DeliveredTable(
        columns=header.columns,
        first_row=top[0] + header.rows,
        row_count=rows_in(connection),
        stated=header.stated,
    )


def _chunks(rows: Rows, labels: list[str]) -> Iterator[pa.Table]:
    while chunk := list(islice(rows, ROWS_PER_CHUNK)):
        cells = zip(*(row for _, row in chunk), strict=True)
        yield pa.table(
            {
                label: pa.array(map(value_as_text, column), pa.string())
                for label, column in zip(labels, cells, strict=True)
            }
        )


def _unread(others: list[str]) -> Iterator[Problem]:
    if others:
        message = f"Only the first sheet is read, not {', '.join(map(repr, others))}."
        yield Problem(Kind.UNREAD_SHEET, message, ONE_SHEET, severity=Severity.WARN)


def _errors(path: Path, sheet: str) -> Iterator[Problem]:
    try:
        cells = list(error_cells(str(path), sheet))
    except (KeyError, zipfile.BadZipFile, ParseError):
        message = "Whether formulas gave errors such as #N/A, which read as blank, cannot be told."
        yield Problem(Kind.UNREADABLE, message, SEND_AGAIN, severity=Severity.WARN)
        return
    if cells:
        yield Problem(
            Kind.UNREADABLE,
            "Cells hold the error of a formula, such as #N/A or #REF!, and no answer.",
            MEND_CELLS,
            count=len(cells),
            first_rows=tuple(Cell(row, address) for row, address in cells[:FIRST_ROWS] if row),
        )
