"""Errors in the cells of a workbook, such as #N/A or #REF!, which calamine gives as blanks.

What belongs here: finding those cells in the file's own XML, by their marks alone.
"""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import IO
from xml.etree import ElementTree

CHUNK_BYTES = 1 << 20
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"

XLSX_MARK = b't="e"'
XLSX_CELL = re.compile(rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]+)(\d+)"')
ODS_MARK = b'calcext:value-type="error"'
ODS_SHEET = re.compile(rb'<table:table\b[^>]*?\btable:name="([^"]*)"|' + re.escape(ODS_MARK))


def error_cells(path: str, sheet: str) -> Iterator[tuple[int | None, str]]:
    """The row (where the format gives it) and the address of each cell with an error.

    Raises KeyError or zipfile.BadZipFile where the workbook is not built as expected.
    """
    with zipfile.ZipFile(path) as workbook:
        if "content.xml" in workbook.namelist():
            yield from _in_ods(workbook, sheet)
        else:
            yield from _in_xlsx(workbook, sheet)


def _in_xlsx(workbook: zipfile.ZipFile, sheet: str) -> Iterator[tuple[int | None, str]]:
    with workbook.open(_part(workbook, sheet)) as content:
        for text in _whole_tags(content):
            if XLSX_MARK in text:
                for column, row in XLSX_CELL.findall(text):
                    yield int(row), f"{column.decode()}{row.decode()}"


def _part(workbook: zipfile.ZipFile, sheet: str) -> str:
    """The file in the workbook that holds a sheet."""
    sheets = ElementTree.fromstring(workbook.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
    relations = ElementTree.fromstring(workbook.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    found = {part.get("name"): targets[part.get(RELATION)] for part in sheets}
    return posixpath.normpath(posixpath.join("/xl", found[sheet])).lstrip("/")


def _in_ods(workbook: zipfile.ZipFile, sheet: str) -> Iterator[tuple[int | None, str]]:
    current = ""
    with workbook.open("content.xml") as content:
        for text in _whole_tags(content):
            for found in ODS_SHEET.finditer(text):
                if found[1] is not None:
                    current = html.unescape(found[1].decode())
                elif current == sheet:
                    yield None, sheet


def _whole_tags(content: IO[bytes]) -> Iterator[bytes]:
    """The text in pieces that no tag straddles."""
    rest = b""
    while chunk := content.read(CHUNK_BYTES):
        text, mark, rest = (rest + chunk).rpartition(b">")
        yield text + mark
    yield rest
