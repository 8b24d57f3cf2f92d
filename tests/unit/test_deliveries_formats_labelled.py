"""What labelled files and workbooks promise: labels, missing codes, the sheet that is named, no error
passed off as a blank.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pandas
import pyreadstat
import pytest
import xlsxwriter

from orchestration.deliveries.formats import statistical
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import DeliveredTable
from orchestration.deliveries.report import Kind, Severity
from tests.builders import ITEMS, WORDING, good_table, write_delivery, write_ods
from tests.unit.test_deliveries_formats import kinds, read


def missing_codes(table: DeliveredTable) -> dict[str, set[str]]:
    return {column.name: set(column.missing_codes) for column in table.columns}


@pytest.mark.parametrize("suffix", [".sav", ".zsav"])
def test_spss_missing_values_and_ranges_become_the_codes_that_there_are(
    suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"file{suffix}"
    frame = pandas.DataFrame(
        {
            "values": [1.0, 98.0, 5.0],
            "range": [1.0, 97.5, 99.0],
            "both": [-3.0, 1.0, 99.0],
            "text": ["a", "zz", ""],
            "none": [1.0, 2.0, 99.0],
        }
    )
    ranges: dict[str, list[Any]] = {
        "values": [98.0, 99.0],
        "range": [{"lo": 90, "hi": 99}],
        "both": [{"lo": -9, "hi": -1}, 99],
        "text": ["zz"],
    }
    pyreadstat.write_sav(
        frame,
        path,
        compress=suffix == ".zsav",
        missing_ranges=ranges,
        variable_value_labels={"range": {1: "één", 96: "wil niet zeggen", 100: "honderd"}},
    )
    table, rows = read(path)
    assert missing_codes(table) == {
        "values": {"98", "99"},
        "range": {"97.5", "99", "96"},
        "both": {"-3", "99"},
        "text": {"zz"},
        "none": set(),
    }
    assert table.columns[1].value_labels == {"1": "één", "96": "wil niet zeggen", "100": "honderd"}
    assert rows[1] == ("98", "97.5", "1", "zz", "2")


def test_stata_keeps_its_extended_missing_values_as_codes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file.dta"
    frame = pandas.DataFrame(
        {
            "v1": pandas.Series([1.0, 2.5, "a", "z", None], dtype=object),
            "text": ["a", "b", "", ".a", "00123"],
            "v2": [1, 2, 3, 1, 2],
        }
    )
    # The library's types know no labels of extended missing values; the library does.
    labels: dict[str, Any] = {"v1": {1: "oneens", "a": "weet niet", "b": "geweigerd"}}
    pyreadstat.write_dta(
        frame,
        path,
        missing_user_values={"v1": ["a", "b", "z"]},
        variable_value_labels=labels,
        column_labels={"v1": WORDING["v1"]},
    )
    table, rows = read(path)
    assert rows == [
        ("1", "a", "1"),
        ("2.5", "b", "2"),
        (".a", None, "3"),
        (".z", ".a", "1"),
        (None, "00123", "2"),
    ]
    assert missing_codes(table) == {"v1": {".a", ".b", ".z"}, "text": set(), "v2": set()}
    assert table.columns[0].text == WORDING["v1"]
    assert table.columns[0].value_labels == {"1": "oneens", ".a": "weet niet", ".b": "geweigerd"}
    monkeypatch.setattr(statistical, "CELLS_PER_CHUNK", 3)
    assert read(path) == (table, rows)


@pytest.mark.parametrize("version", [8, 10, 12, 13, 14, 15])
def test_stata_files_of_every_version_read_the_same(version: int, tmp_path: Path) -> None:
    path = tmp_path / "file.dta"
    frame = pandas.DataFrame({"nr": ["00123", "00124"], "v1": [1.0, None]})
    pyreadstat.write_dta(frame, path, version=version)
    table, rows = read(path)
    assert rows == [("00123", "1"), ("00124", None)]
    assert table.problems == ()


def test_stata_keeps_labels_and_questions(tmp_path: Path) -> None:
    table, _ = read(write_delivery(tmp_path / "file.dta", good_table()))
    by_name = {column.name: column for column in table.columns}
    assert {item: by_name[item].text for item in ITEMS} == WORDING
    labels = {"1": "oneens", "2": "neutraal", "3": "eens", "8": "weet niet"}
    assert by_name["v1"].value_labels == labels


def two_sheets(path: Path) -> Path:
    if path.suffix == ".ods":
        return write_ods(path, {"uitleg": [["lees mij"]], "data & meer": [["a"], ["00123"]]})
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("uitleg").write_string(0, 0, "lees mij")
        workbook.add_worksheet("data & meer").write_column(0, 0, ["a", "00123"])
    return path


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_a_sheet_that_is_named_is_the_one_that_is_read(suffix: str, tmp_path: Path) -> None:
    path = two_sheets(tmp_path / f"file{suffix}")
    table, rows = read(path, Reading(sheet="data & meer"))
    assert rows == [("00123",)]
    assert table.problems == ()
    assert table.stated == {"sheet": "data & meer (declared)"}
    assert table.used == Reading(sheet="data & meer")
    table, _ = read(path)
    assert kinds(table) == [Kind.UNREAD_SHEET]
    assert table.stated == {"sheet": "uitleg (the first)"}


@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_a_sheet_that_the_workbook_does_not_have_is_refused_with_those_it_has(
    suffix: str, tmp_path: Path
) -> None:
    table, rows = read(two_sheets(tmp_path / f"file{suffix}"), Reading(sheet="Data"))
    assert rows == []
    message = "The workbook has no sheet 'Data'; it has 'uitleg', 'data & meer'."
    assert [problem.message for problem in table.problems] == [message]


def test_the_error_of_a_formula_is_no_blank(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("data")
        sheet.write_row(0, 0, ["a", "b"])
        sheet.write_string(1, 0, "#N/A")
        sheet.write_formula(2, 1, "=NA()", None, "#N/A")
        sheet.write_formula(3, 0, "=1/0", None, "#DIV/0!")
        workbook.add_worksheet("more").write_formula(0, 0, "=NA()", None, "#N/A")
    table, rows = read(path)
    assert rows[0] == ("#N/A", None)
    errors = [problem for problem in table.problems if problem.kind is Kind.UNREADABLE]
    assert [tuple(cell) for cell in errors[0].first_rows] == [(3, "B3"), (4, "A4")]
    assert (errors[0].count, errors[0].severity) == (2, Severity.REFUSE)


def test_the_error_of_a_formula_is_no_blank_in_an_ods_file_either(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "good.ods", {"data": [["a"], ["fout"]], "more": [["b"], ["1"]]})
    marked = (
        '<table:table-cell xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:'
        'calcext:1.0" office:value-type="string" office:string-value="" calcext:value-type="error">'
    )
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(tmp_path / "bad.ods", "w") as bad:
        for part in good.namelist():
            content = good.read(part).decode()
            cell = '<table:table-cell office:value-type="string"><text:p>fout'
            bad.writestr(part, content.replace(cell, f"{marked}<text:p>#N/A"))
    table, _ = read(tmp_path / "bad.ods")
    errors = [problem for problem in table.problems if problem.kind is Kind.UNREADABLE]
    assert [problem.count for problem in errors] == [1]
    assert Kind.UNREADABLE not in kinds(read(tmp_path / "bad.ods", Reading(sheet="more"))[0])
    assert Kind.UNREADABLE not in kinds(read(path)[0])
