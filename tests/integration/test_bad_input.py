"""What the door promises of a bad delivery: refused whole, every problem listed, nothing changed.

Each case is a good delivery with one fault, and what the report must say of it: kind, column,
count, and the first rows as a person counts them.
"""

from __future__ import annotations

import gzip
import json
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest

from orchestration.codebook import CodebookError
from orchestration.deliveries.door import accept
from orchestration.deliveries.errors import DeliveryError, DeliveryRefused
from orchestration.deliveries.landing import pending
from orchestration.deliveries.loading import load
from orchestration.deliveries.report import Kind, Report, Severity
from orchestration.settings import Settings
from tests.builders import (
    CODEBOOK,
    MARKER,
    RESPONDENT,
    ROLE,
    STRATUM,
    WEIGHT,
    csv_text,
    good_table,
    settings_for,
    write_delivery,
    write_survey,
)

Values = dict[str, list[str | None]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A warehouse in which both waves are loaded, and something is published."""
    settings = settings_for(tmp_path)
    for wave_id in ("2022", "2024"):
        accept(write_delivery(tmp_path / f"good_{wave_id}.csv", good_table()), settings)
        load(settings, wave_id)
    settings.published.mkdir()
    (settings.published / "marts.duckdb").write_bytes(b"what readers see")
    return settings


def kept(settings: Settings) -> Mapping[str, str]:
    """The checksum of every file that a refused delivery must leave as it is."""
    return {
        str(path.relative_to(settings.home)): sha256(path.read_bytes()).hexdigest()
        for path in settings.home.rglob("*")
        if path.is_file() and settings.rejected not in path.parents
    }


def refused(path: Path, settings: Settings, wave_id: str | None = None) -> DeliveryRefused:
    """The refusal of a delivery, after which nothing else may have changed."""
    before = kept(settings)
    with pytest.raises(DeliveryRefused) as caught:
        accept(path, settings, wave_id)
    assert kept(settings) == before
    return caught.value


@dataclass(frozen=True)
class Fault:
    """A fault in a good delivery of 12 rows, and the problem by which it must be reported."""

    make: Callable[[Values], object]
    kind: Kind
    column: str | None
    count: int = 1
    rows: list[int] = field(default_factory=list)
    values: dict[str, int] = field(default_factory=dict)


def put(column: str, cells: Mapping[int, str | None]) -> Callable[[Values], object]:
    """A fault that puts values into a column, by the row in the file (the first respondent is 2)."""

    def make(table: Values) -> None:
        for row, value in cells.items():
            table[column][row - 2] = value

    return make


FAULTS = {
    "code outside the scale": Fault(
        put("v1", {3: "9", 5: "9", 13: "x"}),
        Kind.OUTSIDE_SCALE,
        "v1",
        3,
        [3, 5, 13],
        {"9": 2, "x": 1},
    ),
    "code of another form": Fault(
        put("v2", {2: "1.0", 4: " 1"}), Kind.OUTSIDE_SCALE, "v2", 2, [2, 4], {" 1": 1, "1.0": 1}
    ),
    "unknown group": Fault(
        put(ROLE, {6: "directeur"}), Kind.UNKNOWN_GROUP, ROLE, 1, [6], {"directeur": 1}
    ),
    "unknown organisation": Fault(
        put(STRATUM, {2: "EZ"}), Kind.UNKNOWN_GROUP, STRATUM, 1, [2], {"EZ": 1}
    ),
    "blank stratum": Fault(
        put(STRATUM, {7: None, 8: None}), Kind.BLANK_STRATUM, STRATUM, 2, [7, 8], {"": 2}
    ),
    "missing respondent id": Fault(
        put(RESPONDENT, {4: None, 9: "  "}),
        Kind.MISSING_RESPONDENT_ID,
        RESPONDENT,
        2,
        [4, 9],
        {"": 1, "  ": 1},
    ),
    "doubled respondent id": Fault(
        put(RESPONDENT, {4: "r0001", 6: "r0004"}),
        Kind.DOUBLED_RESPONDENT_ID,
        RESPONDENT,
        4,
        [2, 4, 5, 6],
        {"r0001": 2, "r0004": 2},
    ),
    "weight that is no number above zero": Fault(
        put(WEIGHT, {2: "0", 3: "-1", 4: "1,5", 5: None, 6: "inf", 7: "nan", 8: "veel"}),
        Kind.INVALID_WEIGHT,
        WEIGHT,
        7,
        [2, 3, 4, 5, 6],
        dict.fromkeys(("", "-1", "0", "1,5", "inf", "nan", "veel"), 1),
    ),
    "unknown column": Fault(lambda table: table.update(v9=["1"] * 12), Kind.UNKNOWN_COLUMN, "v9"),
    "missing item": Fault(lambda table: table.pop("v2"), Kind.MISSING_COLUMN, "v2"),
    "missing attribute": Fault(lambda table: table.pop(MARKER), Kind.MISSING_COLUMN, MARKER),
    "missing column of respondent ids": Fault(
        lambda table: table.pop(RESPONDENT), Kind.MISSING_COLUMN, RESPONDENT
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_fault_is_refused_and_reported(
    fault: Fault, suffix: str, settings: Settings, tmp_path: Path
) -> None:
    table = good_table()
    fault.make(table)
    if suffix == ".parquet":
        # Parquet has no header: its first respondent is in row 1. Numbers are left text here.
        path = write_text_parquet(tmp_path / "bad_2022.parquet", table)
    else:
        path = write_delivery(tmp_path / "bad_2022.csv", table)
    report = refused(path, settings).report
    assert len(report.problems) == 1
    problem = report.problems[0]
    header = 1 if suffix == ".csv" else 0
    assert (problem.kind, problem.column, problem.count) == (fault.kind, fault.column, fault.count)
    assert [row + 1 - header for row, _ in problem.first_rows] == fault.rows
    assert dict(problem.values) == fault.values
    assert problem.severity is Severity.REFUSE
    assert problem.message
    assert problem.remedy


def write_text_parquet(path: Path, table: Values) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    # A blank in a csv file has no spaces to tell it from nothing.
    pq.write_table(pa.table(table), path)
    return path


def test_every_problem_is_listed_and_not_the_first_alone(
    settings: Settings, tmp_path: Path
) -> None:
    table = good_table()
    expected: list[tuple[Kind, str | None]] = []
    for fault in FAULTS.values():
        if fault.column in table and fault.kind is not Kind.MISSING_COLUMN:
            fault.make(table)
            expected.append((fault.kind, fault.column))
    table.pop("v3")
    table["mail"] = ["jan@rijk.nl"] * 12
    table["V1"] = table["v1"]
    expected += [
        (Kind.MISSING_COLUMN, "v3"),
        (Kind.UNKNOWN_COLUMN, "mail"),
        (Kind.UNKNOWN_COLUMN, "V1"),
        (Kind.DOUBLED_COLUMN, "v1"),
    ]
    report = refused(write_delivery(tmp_path / "bad_2022.csv", table), settings).report
    assert {(p.kind, p.column) for p in report.problems} == set(expected)
    assert len(report.problems) == len(set(expected))


def test_rows_that_cannot_be_read_do_not_hide_what_is_wrong_with_the_others(
    settings: Settings, tmp_path: Path
) -> None:
    table = good_table()
    put("v1", {3: "9", 10: "9"})(table)
    lines = csv_text(table).splitlines()
    lines[4] += ",too,many"
    lines[5] = "caf\udce9"
    path = tmp_path / "bad_2022.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogateescape")
    found = {p.kind: p for p in refused(path, settings).report.problems}
    assert set(found) == {Kind.WRONG_ENCODING, Kind.UNREADABLE, Kind.OUTSIDE_SCALE}
    assert [row for row, _ in found[Kind.WRONG_ENCODING].first_rows] == [6]
    assert [row for row, _ in found[Kind.UNREADABLE].first_rows] == [5]
    assert [row for row, _ in found[Kind.OUTSIDE_SCALE].first_rows] == [3, 10]


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".sav", ".xlsx", ".parquet"])
def test_a_truncated_file_is_refused(suffix: str, settings: Settings, tmp_path: Path) -> None:
    path = write_delivery(tmp_path / f"bad_2022{suffix}", good_table(rows=60))
    content = path.read_bytes()
    # Within the last row of the csv file, and somewhere in the data of the others.
    path.write_bytes(content[:-8] if suffix == ".csv" else content[: len(content) * 3 // 4])
    kinds = {problem.kind for problem in refused(path, settings).report.problems}
    assert kinds & {Kind.TRUNCATED, Kind.UNREADABLE}
    assert Kind.EMPTY not in kinds


def test_a_corrupt_tail_is_refused_whole(settings: Settings, tmp_path: Path) -> None:
    path = write_delivery(tmp_path / "bad_2022.csv", good_table(rows=100_000))
    with path.open("ab") as file:
        file.write(b'r9999999,BZK,L,"1\n')
    assert {p.kind for p in refused(path, settings).report.problems} == {Kind.UNREADABLE}


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        (b"", {Kind.EMPTY}),
        (csv_text(good_table(rows=0)).encode(), {Kind.EMPTY}),
        (b"\n", {Kind.EMPTY}),
        (b"a,b\n", {Kind.EMPTY, Kind.UNKNOWN_COLUMN, Kind.MISSING_COLUMN}),
    ],
    ids=["no bytes", "header alone", "blank line", "another header alone"],
)
def test_an_empty_file_is_refused(
    content: bytes, kinds: set[Kind], settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "bad_2022.csv"
    path.write_bytes(content)
    assert {p.kind for p in refused(path, settings).report.problems} == kinds
    path = tmp_path / "bad_2022.csv.gz"
    path.write_bytes(gzip.compress(content))
    assert {p.kind for p in refused(path, settings).report.problems} == kinds


def test_wrong_encoding_is_refused_with_byte_and_row(settings: Settings, tmp_path: Path) -> None:
    table = good_table()
    put(ROLE, {5: "één"})(table)
    path = tmp_path / "bad_2022.csv"
    path.write_bytes(csv_text(table).encode("cp1252"))
    [problem] = refused(path, settings).report.problems
    assert problem.kind is Kind.WRONG_ENCODING
    assert problem.count == 1
    line = csv_text(table).splitlines()[4]
    assert f"row 5, the first, byte {line.index('é') + 1} is 0xE9 ('é'" in problem.message
    assert problem.first_rows[0].row == 5
    assert "UTF-8" in problem.remedy


def test_an_unknown_wave_is_refused_and_what_needs_no_wave_is_checked(
    settings: Settings, tmp_path: Path
) -> None:
    path = write_delivery(tmp_path / "wave.csv", good_table())
    path.write_text(path.read_text().replace(MARKER, "v1", 1) + "short\n")
    report = refused(path, settings).report
    assert report.wave_id is None
    assert {p.kind for p in report.problems} == {
        Kind.UNKNOWN_WAVE,
        Kind.DOUBLED_COLUMN,
        Kind.UNREADABLE,
    }
    assert "2022: *2022*" in report.problems[0].message


@pytest.mark.parametrize("wave_id", ["2031", "../2022", "2022; drop table raw.waves", ""])
def test_a_wave_that_the_codebook_lacks_is_refused_whoever_names_it(
    wave_id: str, settings: Settings, tmp_path: Path
) -> None:
    path = write_delivery(tmp_path / "wave_2022.csv", good_table(rows=5))
    report = refused(path, settings, wave_id).report
    assert [p.kind for p in report.problems] == [Kind.UNKNOWN_WAVE]
    assert repr(wave_id) in report.problems[0].message


def test_a_file_name_of_two_waves_is_no_guess(settings: Settings, tmp_path: Path) -> None:
    path = write_delivery(tmp_path / "2022_and_2024.csv", good_table())
    assert [p.kind for p in refused(path, settings).report.problems] == [Kind.UNKNOWN_WAVE]


def test_an_unsupported_format_is_refused_with_those_that_are(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "wave_2022.docx"
    path.write_bytes(b"PK\x03\x04")
    [problem] = refused(path, settings).report.problems
    assert problem.kind is Kind.UNSUPPORTED_FORMAT
    assert all(suffix in problem.remedy for suffix in (".csv", ".csv.gz", ".sav", ".xlsx"))


@pytest.mark.parametrize("doubled", ["v1", "V1", RESPONDENT.upper()])
def test_a_doubled_column_is_refused_whatever_its_capitals(
    doubled: str, settings: Settings, tmp_path: Path
) -> None:
    path = write_delivery(tmp_path / "bad_2022.csv", good_table())
    path.write_text(path.read_text().replace(MARKER, doubled, 1))
    problems = refused(path, settings).report.problems
    [problem] = [p for p in problems if p.kind is Kind.DOUBLED_COLUMN]
    assert problem.column is not None
    assert problem.column.casefold() == doubled.casefold()
    assert problem.count == 2
    assert repr(doubled) in problem.message


def test_a_column_used_for_another_question_is_refused(settings: Settings, tmp_path: Path) -> None:
    survey = write_survey(
        tmp_path / "reworded",
        item_versions=CODEBOOK["item_versions"].replace(
            "2022,v3,D2,agreement,false,Ik durf", "2022,v3,D2,agreement,false,Ik mag"
        ),
    )
    changed = Settings(**{**vars(settings), "survey": survey})
    path = write_delivery(tmp_path / "wave_2022.sav", good_table())
    [problem] = refused(path, changed).report.problems
    assert (problem.kind, problem.column) == (Kind.OTHER_QUESTION, "v3")
    assert "'Ik durf tegen te spreken'" in problem.message
    assert "'Ik mag tegen te spreken'" in problem.message


def test_personal_data_outside_the_codebook_are_remarked_and_not_repeated(
    settings: Settings, tmp_path: Path
) -> None:
    table = good_table()
    table["v44"] = ["jan.jansen@rijk.nl"] * 12
    refusal = refused(write_delivery(tmp_path / "bad_2022.csv", table), settings)
    [problem] = refusal.report.problems
    assert (problem.kind, problem.column) == (Kind.UNKNOWN_COLUMN, "v44")
    assert "e-mail addresses" in problem.message
    assert "remove" in problem.remedy
    assert "jan.jansen" not in (refusal.folder / "report.txt").read_text()


def test_a_column_that_is_misspelt_is_told_from_one_that_is_new(
    settings: Settings, tmp_path: Path
) -> None:
    table = good_table()
    table["gewich"] = table.pop(WEIGHT)
    problems = refused(write_delivery(tmp_path / "bad_2022.csv", table), settings).report.problems
    assert {p.kind for p in problems} == {Kind.UNKNOWN_COLUMN, Kind.MISSING_COLUMN}
    assert f"{WEIGHT!r} is missing: is it that one?" in problems[0].message


def test_a_refused_delivery_lies_with_its_report_in_a_private_folder(
    settings: Settings, tmp_path: Path
) -> None:
    table = good_table()
    put("v1", {3: "9"})(table)
    path = write_delivery(tmp_path / "bad_2022.csv", table)
    content = path.read_bytes()
    refusal = refused(path, settings)
    folder = refusal.folder
    assert folder.parent == settings.rejected
    assert folder.name.endswith("Z_bad_2022.csv")
    assert (folder / "bad_2022.csv").read_bytes() == content
    assert (folder / "report.txt").read_text() == refusal.report.as_text()
    assert json.loads((folder / "report.json").read_text())["problems"][0]["column"] == "v1"
    assert path.read_bytes() == content, "a file from elsewhere is left alone"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_a_refused_delivery_leaves_the_landing_folder(settings: Settings) -> None:
    path = write_delivery(settings.landing / "bad_2022.csv", {"x": ["1"]})
    with pytest.raises(DeliveryRefused):
        accept(path, settings)
    assert pending(settings) == []


def test_the_refusal_itself_tells_no_answer(settings: Settings, tmp_path: Path) -> None:
    table = good_table()
    put("v1", {3: "een geheim"})(table)
    refusal = refused(write_delivery(tmp_path / "bad_2022.csv", table), settings)
    assert "geheim" not in str(refusal)
    assert "outside scale (1)" in str(refusal)
    assert str(refusal.folder) in str(refusal)


def test_a_bad_delivery_does_not_take_the_place_of_one_that_waits(
    settings: Settings, tmp_path: Path
) -> None:
    good = write_delivery(tmp_path / "corrected_2022.csv", good_table(rows=20))
    accept(good, settings)
    refused(write_delivery(tmp_path / "bad_2022.csv", {"x": ["1"]}), settings)
    assert load(settings, "2022").wave.row_count == 20


def test_a_warning_alone_is_accepted(settings: Settings, tmp_path: Path) -> None:
    path = write_delivery(tmp_path / "wave_2022.csv", good_table(rows=20))
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    report: Report = accept(path, settings).report
    assert [p.severity for p in report.problems] == [Severity.WARN]
    assert load(settings, "2022").wave.row_count == 20


def test_a_file_that_is_not_there_is_an_error_and_no_refusal(
    settings: Settings, tmp_path: Path
) -> None:
    for path in (tmp_path / "gone_2022.csv", tmp_path):
        with pytest.raises(DeliveryError, match="cannot be read"):
            accept(path, settings, "2022")
    assert not settings.rejected.exists()


def test_a_wave_without_a_column_of_respondent_ids_is_the_codebooks_fault(
    settings: Settings, tmp_path: Path
) -> None:
    columns = CODEBOOK["attribute_columns"].replace("2022,respondent_id,nr\n", "")
    survey = write_survey(tmp_path / "no_ids", attribute_columns=columns)
    changed = Settings(**{**vars(settings), "survey": survey})
    path = write_delivery(tmp_path / "wave_2022.csv", good_table(rows=20))
    with pytest.raises(CodebookError, match=r"attribute_columns\.csv names 0 columns"):
        accept(path, changed)
    assert not settings.rejected.exists()
