"""Bad deliveries in workbooks: cells that are no text, sheets that are not read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import xlsxwriter

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import (
    BadDelivery,
    cut,
    instead,
    put,
    without,
)
from tests.bad_deliveries.expected import Expected, missing, no_code, unknown, warned
from tests.builders import csv_text, good_table, write_ods

XLSX = "bad_2022.xlsx"
ODS = "bad_2022.ods"
LOCKED = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 2000


def sheets(*names: str, filled: int) -> Callable[[Path], None]:
    """A workbook of these sheets, the good delivery in one of them and a word in the others."""

    def write(path: Path) -> None:
        with xlsxwriter.Workbook(path) as workbook:
            for place, name in enumerate(names):
                sheet = workbook.add_worksheet(name)
                if place != filled:
                    sheet.write_string(0, 0, "toelichting")
                    continue
                for row, line in enumerate(csv_text(good_table()).splitlines()):
                    for column, cell in enumerate(line.split(",")):
                        sheet.write_string(row, column, cell)

    return write


def cell(kind: str, *arguments: object) -> Callable[[Path], None]:
    """The good delivery with one cell of another kind, in row 2 of column E."""

    def write(path: Path) -> None:
        with xlsxwriter.Workbook(path) as workbook:
            sheet = workbook.add_worksheet("data")
            for row, line in enumerate(csv_text(good_table()).splitlines()):
                for column, text in enumerate(line.split(",")):
                    if text:
                        sheet.write_string(row, column, text)
            getattr(sheet, f"write_{kind}")(1, 4, *arguments)

    return write


def write_empty(path: Path) -> None:
    """A workbook whose only sheet is blank."""
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("data")


def open_sheets(path: Path) -> None:
    """An open workbook of two sheets, of which the first is the delivery."""
    table = good_table()
    rows = [list(table), *zip(*table.values(), strict=True)]
    write_ods(path, {"data": rows, "uitleg": [["toelichting"]]})


CASES = (
    BadDelivery(
        "workbook cut off",
        (
            Expected(
                Kind.UNREADABLE,
                "The workbook is cut off, damaged or locked: invalid Zip archive: Could not find EOCD.",
            ),
        ),
        file_name=XLSX,
        content=cut(4000),
    ),
    BadDelivery(
        "workbook of no bytes",
        (
            Expected(
                Kind.UNREADABLE,
                "The workbook is cut off, damaged or locked: invalid Zip archive: Could not find EOCD.",
            ),
        ),
        file_name=XLSX,
        content=instead(b""),
    ),
    BadDelivery(
        "csv file under the name of a workbook",
        (
            Expected(
                Kind.UNREADABLE,
                "The workbook is cut off, damaged or locked: invalid Zip archive: Could not find EOCD.",
            ),
        ),
        file_name=XLSX,
        content=instead(csv_text(good_table(rows=13)).encode()),
    ),
    BadDelivery(
        "locked workbook",
        (
            Expected(
                Kind.UNREADABLE,
                "The workbook is cut off, damaged or locked: invalid Zip archive: Could not find EOCD.",
            ),
        ),
        file_name=XLSX,
        content=instead(LOCKED),
    ),
    BadDelivery(
        "blank workbook",
        (Expected(Kind.EMPTY, "The file is empty."),),
        file_name=XLSX,
        write=write_empty,
    ),
    BadDelivery(
        "sheets that are not read",
        (warned(Kind.UNREAD_SHEET, "Only the first sheet is read, not 'uitleg'."),),
        file_name=XLSX,
        write=sheets("data", "uitleg", filled=0),
    ),
    BadDelivery(
        "delivery in the second sheet",
        (
            warned(Kind.UNREAD_SHEET, "Only the first sheet is read, not 'data'."),
            Expected(Kind.EMPTY, "The file has no rows."),
            unknown("toelichting"),
            *missing(),
        ),
        file_name=XLSX,
        write=sheets("uitleg", "data", filled=1),
    ),
    BadDelivery(
        "code outside the scale in a workbook",
        (no_code("v1", (3,), {"9": 1}),),
        file_name=XLSX,
        table=put("v1", {3: "9"}),
    ),
    BadDelivery("missing item in a workbook", missing("v2"), file_name=XLSX, table=without("v2")),
    BadDelivery(
        "half a code",
        (no_code("v1", (2,), {"1.5": 1}),),
        file_name=XLSX,
        table=put("v1", {2: "1.5"}),
    ),
    BadDelivery(
        "true in the place of a code",
        (no_code("v1", (2,), {"true": 1}),),
        file_name=XLSX,
        write=cell("boolean", True),
    ),
    BadDelivery(
        "formula with an error",
        (
            Expected(
                Kind.UNREADABLE,
                "Cells hold the error of a formula, such as #N/A or #REF!, and no answer.",
                rows=(2,),
            ),
        ),
        file_name=XLSX,
        write=cell("formula", "=1/0", None, "#DIV/0!"),
    ),
    BadDelivery(
        "date in the place of a code",
        (no_code("v1", (2,), {"45000.5": 1}),),
        file_name=XLSX,
        write=cell("number", 45000.5),
    ),
    BadDelivery(
        "open workbook cut off",
        (
            Expected(
                Kind.UNREADABLE,
                "The workbook is cut off, damaged or locked: invalid Zip archive: Could not find EOCD.",
            ),
        ),
        file_name=ODS,
        content=cut(-30),
    ),
    BadDelivery(
        "csv file under the name of an open workbook",
        (
            Expected(
                Kind.UNREADABLE,
                "The workbook is cut off, damaged or locked: invalid Zip archive: Could not find EOCD.",
            ),
        ),
        file_name=ODS,
        content=instead(csv_text(good_table(rows=13)).encode()),
    ),
    BadDelivery(
        "code outside the scale in an open workbook",
        (no_code("v1", (3,), {"9": 1}),),
        file_name=ODS,
        table=put("v1", {3: "9"}),
    ),
    BadDelivery(
        "sheets of an open workbook that are not read",
        (warned(Kind.UNREAD_SHEET, "Only the first sheet is read, not 'uitleg'."),),
        file_name=ODS,
        write=open_sheets,
    ),
)
