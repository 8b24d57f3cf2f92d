"""Workbooks: the first sheet of an `.xlsx`, its first row that is not blank as the header."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import (
    DeliveredTable,
    append,
    columns_of,
    create_table,
    rows_in,
    value_as_text,
)
from orchestration.deliveries.report import Kind, Problem, Severity

ROWS_PER_CHUNK = 20_000

SEND_AGAIN = (
    "Save the workbook again without a password, check that it opens, and deliver it again."
)
ONE_SHEET = "Check that the first sheet is the delivery, and leave the other sheets out."


def read_sheet(
    path: Path, connection: DuckDBPyConnection, _folder: Path, _reading: Reading
) -> DeliveredTable:
    """Read the first sheet of a workbook; other sheets with something in them are a warning."""
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(str(path))
        rows = enumerate(workbook.get_sheet_by_index(0).iter_rows(), 1)
        header_row, header = next(
            ((number, row) for number, row in rows if any(cell != "" for cell in row)), (1, [])
        )
        others = [
            name for name in workbook.sheet_names[1:] if workbook.get_sheet_by_name(name).height
        ]
    except python_calamine.CalamineError as error:
        message = f"The workbook is cut off, damaged or locked: {error}."
        return DeliveredTable(problems=(Problem(Kind.UNREADABLE, message, SEND_AGAIN),))
    if not header:
        return DeliveredTable()
    columns = columns_of([value_as_text(cell) for cell in header])
    create_table(connection, columns)
    for chunk in _chunks(rows, [column.label for column in columns]):
        append(connection, chunk)
    message = f"Only the first sheet is read, not {', '.join(map(repr, others))}."
    return DeliveredTable(
        columns=columns,
        first_row=header_row + 1,
        row_count=rows_in(connection),
        problems=(
            (Problem(Kind.UNREAD_SHEET, message, ONE_SHEET, severity=Severity.WARN),)
            if others
            else ()
        ),
    )


def _chunks(rows: Iterator[tuple[int, list[Any]]], labels: list[str]) -> Iterator[pa.Table]:
    while chunk := list(islice(rows, ROWS_PER_CHUNK)):
        cells = zip(*(row for _, row in chunk), strict=True)
        yield pa.table(
            {
                label: pa.array(map(value_as_text, column), pa.string())
                for label, column in zip(labels, cells, strict=True)
            }
        )
