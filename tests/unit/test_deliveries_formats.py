"""What each format promises: the same text in the same order, or a problem that says why not."""

from __future__ import annotations

import csv
import gzip
import io
import struct
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.deliveries.formats import READERS, format_of, statistical
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import DeliveredTable
from orchestration.deliveries.report import Kind, Severity
from tests.builders import ITEMS, WORDING, csv_text, good_table, write_delivery

every_format = pytest.mark.parametrize("suffix", READERS)
Rows = list[tuple[str | None, ...]]
UNDECLARED = Reading()


def read(path: Path, reading: Reading = UNDECLARED) -> tuple[DeliveredTable, Rows]:
    """The file as its reader sees it, and the rows of the table it makes."""
    suffix = format_of(path.name)
    assert suffix is not None
    with duckdb.connect() as connection:
        table = READERS[suffix](path, connection, path.parent, reading)
        rows = connection.execute("from delivered").fetchall() if table.columns else []
    return table, rows


def read_bytes(
    folder: Path, content: bytes, name: str = "file.csv", reading: Reading = UNDECLARED
) -> tuple[DeliveredTable, Rows]:
    path = folder / name
    path.write_bytes(content)
    return read(path, reading)


def kinds(table: DeliveredTable) -> list[Kind]:
    return [problem.kind for problem in table.problems]


def names(table: DeliveredTable) -> list[str]:
    return [column.name for column in table.columns]


@every_format
def test_a_delivery_reads_as_the_same_text_in_every_format(suffix: str, tmp_path: Path) -> None:
    written = good_table(rows=40)
    table, rows = read(write_delivery(tmp_path / f"file{suffix}", written))
    assert names(table) == list(written)
    assert rows == list(zip(*written.values(), strict=True))
    assert table.row_count == 40
    assert table.problems == ()


@every_format
def test_a_suffix_is_known_whatever_its_capitals(suffix: str) -> None:
    assert format_of(f"Wave 2022{suffix.upper()}") == suffix


def test_a_suffix_without_a_reader_has_no_format() -> None:
    assert format_of("wave_2022.docx") is None
    assert format_of("csv") is None


def test_csv_keeps_text_that_looks_like_something_else(tmp_path: Path) -> None:
    cells = ["00123", "1.0", " x ", "NULL", "NA", "1e5", "2024-01-01", "true", 'a"b', "a,b", "a\nb"]
    table, rows = read(write_delivery(tmp_path / "file.csv", {"a": cells, "b": cells[::-1]}))
    assert rows == list(zip(cells, cells[::-1], strict=True))
    assert table.problems == ()


@settings(max_examples=30, deadline=None)
@given(
    cells=st.lists(
        st.tuples(
            *[st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)] * 2
        ),
        min_size=1,
        max_size=5,
    )
)
def test_csv_gives_back_any_text(
    cells: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([("a", "b"), *cells])
    folder = tmp_path_factory.mktemp("any_text")
    table, rows = read_bytes(folder, buffer.getvalue().encode())
    assert rows == cells
    assert table.problems == ()


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_csv_reads_the_line_ends_and_the_byte_order_mark_of_any_system(
    line_end: bytes, mark: bytes, tmp_path: Path
) -> None:
    table, rows = read_bytes(tmp_path, mark + line_end.join([b"a,b", b"1,", b'"",2', b""]))
    assert names(table) == ["a", "b"]
    assert rows == [("1", None), (None, "2")]
    assert table.problems == ()


def test_a_column_without_a_name_is_called_by_its_position(tmp_path: Path) -> None:
    wide = [""] + [f"v{number}" for number in range(1, 20)] + [""]
    table, _ = read_bytes(tmp_path, f"{','.join(wide)}\n{',' * 20}\n".encode())
    assert names(table) == ["column0", *wide[1:20], "column20"]


@pytest.mark.parametrize("header", ["a,b,a", "a,b,A"])
def test_a_doubled_name_is_seen_before_a_reader_renames_it(header: str, tmp_path: Path) -> None:
    table, rows = read_bytes(tmp_path, f"{header}\n1,2,3\n".encode())
    assert names(table) == header.split(",")
    assert rows == [("1", "2", "3")]

    path = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, header.split(","))
        sheet.write_row(1, 0, [1, 2, 3])
    table, rows = read(path)
    assert names(table) == header.split(",")
    assert rows == [("1", "2", "3")]

    path = tmp_path / "file.parquet"
    pq.write_table(pa.table([[1], [2], [3]], names=header.split(",")), path)
    table, rows = read(path)
    assert names(table) == header.split(",")
    assert rows == [("1", "2", "3")]


def test_a_name_that_differs_in_capitals_alone_is_kept_from_an_spss_file(tmp_path: Path) -> None:
    content = write_delivery(tmp_path / "good.sav", good_table()).read_bytes()
    # The library writes no such file, so the name is changed in the list of long names.
    table, _ = read_bytes(tmp_path, content.replace(b"V2=v2", b"V2=V1"), "file.sav")
    assert {"v1", "V1"} <= set(names(table))


def test_whole_numbers_have_no_decimals_and_others_keep_all_of_them(tmp_path: Path) -> None:
    numbers = [1.0, -3.0, 0.1, 1e-7, 2.5, 12345678901.0, 1 / 3]
    texts = ["1", "-3", "0.1", "1e-07", "2.5", "12345678901", repr(1 / 3)]

    path = tmp_path / "file.parquet"
    pq.write_table(pa.table({"a": numbers}), path)
    assert read(path)[1] == [(text,) for text in texts]

    path = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet().write_column(0, 0, ["a", *numbers])
    assert read(path)[1] == [(text,) for text in texts]

    import pandas

    path = tmp_path / "file.sav"
    pyreadstat.write_sav(pandas.DataFrame({"a": numbers}), path)
    assert read(path)[1] == [(text,) for text in texts]


def test_parquet_types_become_text(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    pq.write_table(pa.table({"a": [7], "b": [True], "c": ["00123"], "d": [""]}), path)
    assert read(path)[1] == [("7", "true", "00123", None)]


def test_spss_keeps_codes_labels_questions_and_user_missing_values(tmp_path: Path) -> None:
    written = good_table()
    table, rows = read(write_delivery(tmp_path / "file.sav", written))
    by_name = {column.name: column for column in table.columns}
    assert {item: by_name[item].text for item in ITEMS} == WORDING
    assert by_name["v1"].value_labels == {
        "1": "oneens",
        "2": "neutraal",
        "3": "eens",
        "8": "weet niet",
    }
    position = list(written).index("v1")
    assert [row[position] for row in rows] == written["v1"]
    assert "8" in written["v1"]


def test_spss_in_chunks_reads_as_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_delivery(tmp_path / "file.sav", good_table(rows=50))
    at_once = read(path)
    for cells_per_chunk in (1, 70, 8 * 25, 8 * 50):
        monkeypatch.setattr(statistical, "CELLS_PER_CHUNK", cells_per_chunk)
        assert read(path) == at_once


def test_an_spss_file_that_does_not_count_its_cases_is_a_warning(tmp_path: Path) -> None:
    content = bytearray(write_delivery(tmp_path / "good.sav", good_table()).read_bytes())
    assert struct.unpack("<i", content[80:84]) == (12,)
    content[80:84] = struct.pack("<i", -1)
    table, rows = read_bytes(tmp_path, bytes(content), "file.sav")
    assert len(rows) == 12
    assert kinds(table) == [Kind.TRUNCATED]
    assert table.problems[0].severity is Severity.WARN


def test_a_workbook_may_begin_lower_down_and_its_rows_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        for row, cells in enumerate([["a", "b"], ["00123", 1], [], ["x", 2]], 3):
            sheet.write_row(row, 0, cells)
    table, rows = read(path)
    assert rows == [("00123", "1"), (None, None), ("x", "2")]
    assert [table.row_in_file(position) for position in range(3)] == [5, 6, 7]


def test_a_second_sheet_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("answers").write_column(0, 0, ["a", 1])
        workbook.add_worksheet("blank")
        workbook.add_worksheet("more").write_column(0, 0, ["a", 2])
    table, rows = read(path)
    assert rows == [("1",)]
    assert kinds(table) == [Kind.UNREAD_SHEET]
    assert "'more'" in table.problems[0].message
    assert "'blank'" not in table.problems[0].message


@every_format
def test_a_file_cut_anywhere_is_never_read_as_whole(suffix: str, tmp_path: Path) -> None:
    content = write_delivery(tmp_path / f"good{suffix}", good_table(rows=60)).read_bytes()
    for length in range(1, len(content), max(1, len(content) // 31)):
        if suffix in (".csv", ".tsv", ".txt") and content[:length].endswith(b"\n"):
            continue  # Nothing in a text file tells that whole rows are missing at its end.
        table, rows = read_bytes(tmp_path, content[:length], f"cut{suffix}")
        assert table.problems or not rows, length


def test_csv_names_every_row_that_it_cannot_read(tmp_path: Path) -> None:
    lines = ["a,b,c", "1,2,3", "4,5", "6,7,8", "1,2,3,4", '1,"x"y,3', "9,9,9", "1", "7,7,7"]
    table, rows = read_bytes(tmp_path, "\n".join([*lines, ""]).encode())
    assert rows == [("1", "2", "3"), ("6", "7", "8"), ("9", "9", "9"), ("7", "7", "7")]
    assert [table.row_in_file(position) for position in range(4)] == [2, 4, 7, 9]
    found = {
        problem.message: [tuple(cell) for cell in problem.first_rows] for problem in table.problems
    }
    assert found == {
        "Rows have fewer cells than the header.": [(3, "4,5"), (8, "1")],
        "Rows have more cells than the header.": [(5, "1,2,3,4")],
        "Rows have a quote that is not closed, or not doubled inside a quoted value.": [
            (6, '1,"x"y,3')
        ],
    }


@pytest.mark.parametrize("tail", [b"4,5", b'4,5,"x', b"4", b'4,"a\nb'])
def test_a_csv_cut_within_its_last_row_is_truncated(tail: bytes, tmp_path: Path) -> None:
    table, rows = read_bytes(tmp_path, b"a,b,c\n1,2,3\n" + tail)
    assert rows == [("1", "2", "3")]
    assert kinds(table) == [Kind.TRUNCATED]
    assert table.problems[0].severity is Severity.REFUSE
    assert table.problems[0].first_rows[0].row == 3


def test_a_csv_without_a_last_line_end_is_a_warning(tmp_path: Path) -> None:
    table, rows = read_bytes(tmp_path, b"a,b,c\n1,2,3\n4,5,6")
    assert rows == [("1", "2", "3"), ("4", "5", "6")]
    assert [(problem.kind, problem.severity) for problem in table.problems] == [
        (Kind.TRUNCATED, Severity.WARN)
    ]


@pytest.mark.parametrize(
    ("content", "row", "byte"),
    [
        (b"a,b\n1,x\n2,caf\xe9\n3,y\n", 3, 6),
        (b"a,na\xefef\n1,x\n", 1, 5),
        (b"a,b\n\xe9,x\n\xe9,y\n", 2, 1),
    ],
)
def test_text_that_is_not_utf8_as_declared_is_named_to_the_byte(
    content: bytes, row: int, byte: int, tmp_path: Path
) -> None:
    table, _ = read_bytes(tmp_path, content, reading=Reading(encoding="UTF-8"))
    assert kinds(table) == [Kind.WRONG_ENCODING]
    problem = table.problems[0]
    assert f"in row {row}, the first, byte {byte} is 0x" in problem.message
    assert problem.count == sum(not is_utf8(line) for line in content.splitlines())
    assert problem.first_rows[0].row == row


def is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_other_unicode_encodings_are_wrong_encodings(encoding: str, tmp_path: Path) -> None:
    table, _ = read_bytes(tmp_path, csv_text(good_table()).encode(encoding))
    assert kinds(table) == [Kind.WRONG_ENCODING]


def test_mixed_line_ends_are_unreadable(tmp_path: Path) -> None:
    table, _ = read_bytes(tmp_path, b"a,b\r\n1,2\n3,4\r\n")
    assert kinds(table) == [Kind.UNREADABLE]


def test_a_damaged_gzip_file_is_truncated_even_where_its_rows_are_whole(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(b"a,b\n1,2\n"))
    content[-5] ^= 0xFF
    table, _ = read_bytes(tmp_path, bytes(content), "file.csv.gz")
    assert kinds(table) == [Kind.TRUNCATED]
    assert not (tmp_path / "unpacked.csv").exists()


@pytest.mark.parametrize(
    "suffix", [".sav", ".zsav", ".dta", ".xlsx", ".ods", ".parquet", ".csv.gz", ".sav.gz", ".zip"]
)
@pytest.mark.parametrize("content", [b"", b"hello, world\n" * 100, b"PK\x03\x04" + b"\0" * 50])
def test_a_file_that_is_not_what_its_name_says_is_unreadable(
    suffix: str, content: bytes, tmp_path: Path
) -> None:
    table, rows = read_bytes(tmp_path, content, f"file{suffix}")
    assert rows == []
    assert set(kinds(table)) <= {Kind.UNREADABLE, Kind.TRUNCATED}
    assert table.problems or suffix == ".csv.gz"


@pytest.mark.parametrize(
    "hostile", ['a"b', "a'b", "a;drop table delivered;--", "a\\", "select", "é", "a\nb", "{}", "%s"]
)
def test_any_column_name_is_a_name_and_nothing_else(hostile: str, tmp_path: Path) -> None:
    for suffix in (".csv", ".tsv", ".xlsx", ".ods", ".parquet"):
        written: dict[str, Sequence[str | None]] = {hostile: ["1"], "other": ["2"]}
        table, rows = read(write_delivery(tmp_path / f"file{suffix}", written))
        assert names(table) == [hostile, "other"]
        assert rows == [("1", "2")]
