"""What delimited text promises: read as declared, or as detected and then stated, or refused."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.deliveries.decimals import has_decimal_comma, with_decimal_point
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.report import Kind, Severity
from tests.unit.test_deliveries_formats import kinds, names, read_bytes

HEADER = ["nr", "naam", "gewicht"]
ROWS: list[tuple[str, ...]] = [
    ("00123", "Financiën; één, twee: ‘café…’”", "1,5"),
    ("00124", "zo’n | “citaat”\ten €", "0,75"),
    ("00125", 'hij zei "ja" en \'s avonds', "2"),
]
ENCODINGS = ["utf-8", "utf-8-sig", "windows-1252", "iso-8859-1"]
DELIMITERS = [",", ";", "\t", "|"]


def text_of(rows: list[tuple[str, ...]], delimiter: str, quote: str = '"') -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, quotechar=quote, lineterminator="\r\n")
    writer.writerows([HEADER, *rows])
    return buffer.getvalue()


def rows_for(encoding: str) -> list[tuple[str, ...]]:
    """The rows with only those characters that the encoding has."""
    return (
        [
            tuple(
                cell.encode(encoding, "replace").decode(encoding.removesuffix("-sig"))
                for cell in row
            )
            for row in ROWS
        ]
        if encoding == "iso-8859-1"
        else list(ROWS)
    )


@pytest.mark.parametrize("delimiter", DELIMITERS)
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("is_declared", [False, True])
def test_every_encoding_and_delimiter_reads_as_the_same_text_and_is_stated(
    encoding: str, delimiter: str, is_declared: bool, tmp_path: Path
) -> None:
    rows = rows_for(encoding)
    reading = Reading(encoding=encoding, delimiter=delimiter) if is_declared else Reading()
    content = text_of(rows, delimiter).encode(encoding)
    table, found = read_bytes(tmp_path, content, reading=reading)
    assert table.problems == ()
    assert names(table) == HEADER
    assert found == rows
    # Without a declaration, ISO-8859-1 is windows-1252 that uses fewer characters.
    name = "windows-1252" if encoding == "iso-8859-1" and not is_declared else encoding
    source = "declared" if is_declared else "detected"
    assert table.stated == {
        "encoding": f"{name.removesuffix('-sig')} ({source})",
        "delimiter": f"{'tab' if delimiter == chr(9) else delimiter} ({source})",
        "quote": '" (detected)',
    }
    assert [path.name for path in tmp_path.iterdir()] == ["file.csv"]


def test_what_was_found_can_be_declared_and_reads_the_same(tmp_path: Path) -> None:
    content = text_of(ROWS, ";", "'").encode("cp1252")
    table, rows = read_bytes(tmp_path, content, reading=Reading(quote="'"))
    assert table.used == Reading(encoding="windows-1252", delimiter=";", quote="'")
    again, same = read_bytes(tmp_path, content, reading=table.used)
    assert same == rows == ROWS
    assert again.used == table.used
    assert again.stated["delimiter"] == "; (declared)"


def test_single_quotes_are_found_where_every_name_has_them(tmp_path: Path) -> None:
    table, rows = read_bytes(tmp_path, b"'a';'b'\n'1;2';'3'\n'it''s';'x'\n")
    assert (names(table), rows) == (["a", "b"], [("1;2", "3"), ("it's", "x")])
    table, rows = read_bytes(tmp_path, b"a;b\n's avonds;1\ndilemma's;2\n")
    assert rows == [("'s avonds", "1"), ("dilemma's", "2")]


def test_without_a_quote_quotes_are_characters(tmp_path: Path) -> None:
    table, rows = read_bytes(tmp_path, b'a;b\n"x;y"z\n', reading=Reading(quote="none"))
    assert rows == [('"x', 'y"z')]
    assert table.stated["quote"] == "none (declared)"


@pytest.mark.parametrize(
    ("content", "names_found"),
    [
        (b"id\n1\n2\n", ["id"]),
        (b"a\nx;y\nx;y\n", ["a"]),
        (b'"a;b"\n1\n', ["a;b"]),
        (b"a;b\n1,5;2,5\n2,5;3\n", ["a", "b"]),
        (b"id;Do you like a, b, c, d?\n1;2\n2;3\n", ["id", "Do you like a, b, c, d?"]),
        (b'a,"b;c;d"\n1,"x;y"\n2,"x;y;z"\n', ["a", "b;c;d"]),
        (b"a;b;c\n", ["a", "b", "c"]),
        (b"a;b;c\n1;2;3\n4;5\n6;7;8\n1;2;3;4\n1\n", ["a", "b", "c"]),
    ],
)
def test_the_delimiter_is_the_one_that_the_header_bears_out(
    content: bytes, names_found: list[str], tmp_path: Path
) -> None:
    table, _ = read_bytes(tmp_path, content)
    assert names(table) == names_found


def test_a_declared_delimiter_that_the_file_does_not_have_is_told(tmp_path: Path) -> None:
    table, _ = read_bytes(tmp_path, b"a,b\n1,2\n", reading=Reading(delimiter=";"))
    assert kinds(table) == [Kind.UNREADABLE]
    assert table.problems[0].message == "The cells are separated by commas, not by semicolons."


@pytest.mark.parametrize(
    "reading",
    [
        Reading(delimiter="::"),
        Reading(delimiter="x"),
        Reading(quote="*"),
        Reading(encoding="cp850"),
    ],
)
def test_what_is_declared_and_not_read_is_refused(reading: Reading, tmp_path: Path) -> None:
    table, rows = read_bytes(tmp_path, b"a,b\n1,2\n", reading=reading)
    assert kinds(table) == [Kind.WRONG_ENCODING if reading.encoding else Kind.UNREADABLE]
    assert "none that is read" in table.problems[0].message
    assert rows == []


@pytest.mark.parametrize(
    ("encoding", "line", "byte", "hint"),
    [
        ("windows-1252", b"2,caf\x81\n", 6, ""),
        ("iso-8859-1", b"2,\x80 5\n", 3, " ('€' if the file is windows-1252)"),
        ("utf-8", b"2,caf\xe9\n", 6, " ('é' if the file is windows-1252)"),
    ],
)
def test_a_declared_encoding_that_a_byte_contradicts_is_refused_with_its_row(
    encoding: str, line: bytes, byte: int, hint: str, tmp_path: Path
) -> None:
    reading = Reading(encoding=encoding)
    content = b'a,b\n1,"x\ny"\n' + line + b"3,y\n"
    table, _ = read_bytes(tmp_path, content, reading=reading)
    assert kinds(table) == [Kind.WRONG_ENCODING]
    problem = table.problems[0]
    wrong = line[byte - 1]
    assert problem.severity is Severity.REFUSE
    assert problem.message == (
        f"Rows are not {encoding.replace('utf', 'UTF')}: in row 3, the first, byte {byte} is "
        f"0x{wrong:02X}{hint}."
    )
    assert [cell.row for cell in problem.first_rows] == [3]


MANY_ROWS = b"a,b\n" + b"1,ja\n" * 3000


@pytest.mark.parametrize(
    "content",
    [
        MANY_ROWS + "1,Financiën\n".encode() + b"3,caf\xe9\n",
        b"\xef\xbb\xbf" + MANY_ROWS + b"1,caf\xe9\n",
        MANY_ROWS + "1,Привет мир\n".encode("cp1251"),
        "a,b\n1,日本語日本語\n".encode("shift-jis"),
        "a,b\n1,éâäà åçêë\n".encode("cp850"),
    ],
    ids=["half UTF-8", "marked as UTF-8", "Cyrillic", "Japanese", "MS-DOS"],
)
def test_what_does_not_read_as_western_text_is_not_guessed(content: bytes, tmp_path: Path) -> None:
    table, _ = read_bytes(tmp_path, content)
    assert kinds(table) == [Kind.WRONG_ENCODING]
    assert table.stated["encoding"] == "utf-8 (assumed)"


def test_a_single_accent_at_the_end_of_a_long_file_decides_its_encoding(tmp_path: Path) -> None:
    lines = "".join(f"{number},ja\n" for number in range(400_000))
    table, rows = read_bytes(tmp_path, f"a,b\n{lines}x,één\n".encode("cp1252"))
    assert table.stated["encoding"] == "windows-1252 (detected)"
    assert rows[-1] == ("x", "één")


def test_zero_bytes_anywhere_are_no_text(tmp_path: Path) -> None:
    table, _ = read_bytes(tmp_path, b"a,b\n" + b"1,2\n" * 3000 + b"3,\0\n")
    assert kinds(table) == [Kind.WRONG_ENCODING]


def test_rows_are_said_to_be_records_only_where_they_differ_from_lines(tmp_path: Path) -> None:
    table, _ = read_bytes(tmp_path, b'a,b\n1,"x\ny"\n2\n3,4\n')
    assert table.stated["rows"] == "counted as records: some have several lines"
    assert [cell.row for cell in table.problems[0].first_rows] == [3]
    assert table.row_in_file(1) == 4
    for content in (b"a,b\n1,2\n3,4\n", b"a,b\n1,2\n3\n5,6\n", b"a,b\r\n1,2\r\n", b"a\n"):
        assert "rows" not in read_bytes(tmp_path, content)[0].stated


@settings(max_examples=60, deadline=None)
@given(content=st.binary(max_size=300) | st.text("a,;\t|'\"\n\r1é ").map(str.encode))
def test_any_bytes_are_read_or_refused(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("any_bytes")
    table, rows = read_bytes(folder, content)
    assert table.row_count == len(rows)
    assert table.columns or table.problems or not content.strip()


@pytest.mark.parametrize("decimal", [None, ",", "."])
def test_a_declared_decimal_sign_is_passed_on_and_changes_no_text(
    decimal: str | None, tmp_path: Path
) -> None:
    table, rows = read_bytes(tmp_path, b"a;b\n1,5;1.0\n", reading=Reading(decimal=decimal))
    assert rows == [("1,5", "1.0")]
    assert table.stated.get("decimal") == (decimal and f"{decimal} (declared)")
    assert table.used.decimal == decimal


@pytest.mark.parametrize(
    ("values", "has_comma"),
    [
        (["1,5", "2", None, ""], True),
        (["-0,5", " 3,25 "], True),
        (["1", "2"], False),
        (["1.5", "2,5"], False),
        (["1,5", "ja"], False),
        (["1.234,5"], False),
        (["1,2,3"], False),
        ([None], False),
        ([], False),
    ],
)
def test_a_decimal_comma_is_found_where_every_value_is_such_a_number(
    values: list[str | None], has_comma: bool
) -> None:
    with duckdb.connect() as connection:
        connection.execute('create table delivered ("a""b" varchar)')
        if values:
            connection.executemany("insert into delivered values (?)", [[v] for v in values])
        assert has_decimal_comma(connection, 'a"b') is has_comma


def test_a_decimal_comma_becomes_a_point_and_other_text_stays() -> None:
    values = ["1,5", " -2,25 ", "3", "1.5", "a,b", "1,2,3", "", None]
    with duckdb.connect() as connection:
        connection.execute("create table delivered as select unnest($1) as w", [values])
        found = connection.execute(f"select {with_decimal_point('w')} from delivered").fetchall()
    assert [value for (value,) in found] == [
        "1.5",
        "-2.25",
        "3",
        "1.5",
        "a,b",
        "1,2,3",
        "",
        None,
    ]
