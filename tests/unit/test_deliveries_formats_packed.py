"""What packed files promise: the one file in them, or why not, and never a path of theirs."""

from __future__ import annotations

import gzip
import struct
import zipfile
from pathlib import Path

import pytest

from orchestration.deliveries.formats import FORMATS, compression
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.report import Kind
from tests.builders import good_table, write_delivery
from tests.unit.test_deliveries_formats import kinds, read, read_bytes

CSV = b"a,b\n1,2\n"


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_zip_file_of_one_file_reads_as_that_file(suffix: str, tmp_path: Path) -> None:
    written = good_table()
    plain = write_delivery(tmp_path / "plain" / f"wave_2022{suffix}", written)
    packed = zipped(tmp_path / "packed.zip", {plain.name: plain.read_bytes()})
    table, rows = read(packed)
    assert rows == read(plain)[1] == list(zip(*written.values(), strict=True))
    assert table.problems == ()
    assert table.stated["unpacked"] == plain.name
    assert sorted(path.name for path in tmp_path.iterdir()) == ["packed.zip", "plain"]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_file_may_be_packed_in_any_way_of_the_library(method: int, tmp_path: Path) -> None:
    assert read(zipped(tmp_path / "file.zip", {"a.csv": CSV}, method))[1] == [("1", "2")]


def test_what_is_declared_holds_for_the_packed_file(tmp_path: Path) -> None:
    path = zipped(tmp_path / "file.zip", {"a.csv": b"a;b\n1;caf\xe9\n"})
    table, rows = read(path, Reading(encoding="windows-1252", delimiter=";"))
    assert rows == [("1", "café")]
    assert table.stated["encoding"] == "windows-1252 (declared)"
    assert table.used.delimiter == ";"


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, "0 files instead of one."),
        ({"a.csv": CSV, "b.csv": CSV}, "2 files instead of one: 'a.csv', 'b.csv'."),
        ({"../a.csv": CSV}, "'../a.csv', which lies in a folder."),
        ({"/etc/a.csv": CSV}, "'/etc/a.csv', which lies in a folder."),
        ({"folder/a.csv": CSV}, "'folder/a.csv', which lies in a folder."),
        ({"..\\a.csv": CSV}, "which lies in a folder."),
        ({"a.csv/": b""}, "which lies in a folder."),
        ({"a.docx": CSV}, "'a.docx', and there is no reader for its ending."),
        ({"a.csv.gz": gzip.compress(CSV)}, "'a.csv.gz', and there is no reader for its ending."),
        ({"a.zip": CSV}, "'a.zip', and there is no reader for its ending."),
    ],
)
def test_a_zip_file_that_is_no_one_file_is_refused_and_nothing_is_unpacked(
    members: dict[str, bytes], reason: str, tmp_path: Path
) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    table, rows = read(zipped(folder / "file.zip", members))
    assert rows == []
    assert len(table.problems) == 1
    assert table.problems[0].message.endswith(reason)
    assert [path.name for path in tmp_path.rglob("*")] == ["inside", "file.zip"]


def test_a_zip_file_with_a_password_is_refused(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path / "file.zip", {"a.csv": CSV}).read_bytes())
    directory = content.index(b"PK\x01\x02")
    for flags in (6, directory + 8):
        content[flags : flags + 2] = struct.pack("<H", 1)
    table, _ = read_bytes(tmp_path, bytes(content), "file.zip")
    assert [problem.message for problem in table.problems] == ["The zip file has a password."]


def test_a_zip_file_with_a_wrong_checksum_is_refused_even_where_its_rows_are_whole(
    tmp_path: Path,
) -> None:
    content = zipped(tmp_path / "file.zip", {"a.csv": CSV}, zipfile.ZIP_STORED).read_bytes()
    table, _ = read_bytes(tmp_path, content.replace(b"1,2\n", b"1,3\n"), "file.zip")
    assert kinds(table) == [Kind.TRUNCATED]


@pytest.mark.parametrize("suffix", [".csv.gz", ".zip", ".xlsx"])
def test_a_file_that_unpacks_to_far_more_than_answers_is_refused(
    suffix: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compression, "SMALL_BYTES", 1000)
    bomb = b"a,b\n" + b"1,2\n" * 3_000_000
    path = tmp_path / f"file{suffix}"
    if suffix == ".csv.gz":
        path.write_bytes(gzip.compress(bomb))
    else:
        zipped(path, {"a.csv": bomb})
    table, rows = read(path)
    assert rows == []
    assert kinds(table) == [Kind.UNREADABLE]
    assert "unpacks to more than 16 GiB, or to more than 200 times" in table.problems[0].message
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_answers_that_pack_well_are_no_bomb(tmp_path: Path) -> None:
    content = b"a,b\n" + b"1,2\n" * 3_000_000
    _, rows = read_bytes(tmp_path, gzip.compress(content), "file.csv.gz")
    assert len(rows) == 3_000_000
