"""What the door promises of a bad delivery: refused whole, every problem listed, nothing changed.

The deliveries themselves are in `tests.bad_deliveries`, each with what must be said of it, word for
word.
"""

from __future__ import annotations

import gzip
import json
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.codebook import CodebookError
from orchestration.deliveries.door import accept, inspect
from orchestration.deliveries.errors import DeliveryError, DeliveryRefused
from orchestration.deliveries.landing import pending
from orchestration.deliveries.loading import load
from orchestration.deliveries.report import Kind, Report, Severity
from orchestration.deliveries.report_text import as_text
from orchestration.settings import Settings
from tests.bad_deliveries import CASES, columns, encodings, headers, rows, values
from tests.bad_deliveries.cases import BadDelivery, put
from tests.bad_deliveries.expected import Expected
from tests.builders import CODEBOOK, good_table, write_delivery, write_survey
from tests.standing import files, tables

# These say something of the file's own rows, which a Parquet file does not have in that way.
IN_ANY_FORMAT = [case for case in (*columns.CASES, *values.CASES) if case.is_made_by_table]
IN_TEXT = [case for case in (*headers.CASES, *rows.CASES, *encodings.CASES) if case.is_text]


@pytest.fixture
def settings(loaded: Settings) -> Settings:
    """A warehouse in which both waves are loaded, and something is published."""
    return loaded


def refused(path: Path, settings: Settings, wave_id: str | None = None) -> DeliveryRefused:
    """The refusal of a delivery, after which nothing else may have changed."""
    before = files(settings)
    with pytest.raises(DeliveryRefused) as caught:
        accept(path, settings, wave_id)
    assert files(settings) == before
    return caught.value


def found(report: Report) -> tuple[Expected, ...]:
    """The problems of a report, as they are expected."""
    return tuple(map(Expected.of, report.problems))


def by_name(case: BadDelivery) -> str:
    """The name of a case, in the list of tests."""
    return case.name


def of_survey(case: BadDelivery, settings: Settings, folder: Path) -> Settings:
    """The settings with the codebook that the case asks for."""
    return (
        replace(settings, survey=write_survey(folder, **case.survey)) if case.survey else settings
    )


def test_every_bad_delivery_has_a_name_of_its_own() -> None:
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    assert len(names) >= 60


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_a_bad_delivery_is_told_what_is_wrong_and_changes_nothing(
    case: BadDelivery, settings: Settings, loaded_tables: Mapping[str, str], tmp_path: Path
) -> None:
    settings = of_survey(case, settings, tmp_path / "survey")
    path = case.make(tmp_path)
    before = files(settings)
    assert found(inspect(path, settings, case.wave_id)) == case.expected
    assert files(settings) == before
    if case.is_refused:
        report = refused(path, settings, case.wave_id).report
    else:
        report = accept(path, settings, case.wave_id).report
        kept = {
            place: checksum
            for place, checksum in files(settings).items()
            if not place.startswith("accepted/2022.")
        }
        assert kept == before
    assert tables(settings.warehouse) == loaded_tables
    assert found(report) == case.expected
    assert report.is_refused is case.is_refused
    assert all(problem.remedy for problem in report.problems)


@pytest.mark.parametrize("case", IN_ANY_FORMAT, ids=by_name)
def test_a_fault_is_told_the_same_in_a_parquet_file(
    case: BadDelivery, settings: Settings, tmp_path: Path
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = good_table()
    case.table(table)
    path = tmp_path / "bad_2022.parquet"
    pq.write_table(pa.table(table), path)
    # Parquet has no header: its first respondent is in row 1.
    expected = tuple(
        replace(problem, rows=tuple(row - 1 for row in problem.rows)) for problem in case.expected
    )
    assert found(inspect(path, settings)) == expected


@pytest.mark.parametrize("case", IN_TEXT, ids=by_name)
def test_a_fault_is_told_the_same_in_a_gzip_file(
    case: BadDelivery, settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "bad_2022.csv.gz"
    path.write_bytes(gzip.compress(case.make(tmp_path).read_bytes()))
    assert found(inspect(path, settings)) == case.expected


def test_an_unsupported_format_is_refused_with_those_that_are(
    settings: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "wave_2022.docx"
    path.write_bytes(b"PK\x03\x04")
    [problem] = refused(path, settings).report.problems
    assert problem.kind is Kind.UNSUPPORTED_FORMAT
    assert all(suffix in problem.remedy for suffix in (".csv", ".csv.gz", ".sav", ".xlsx"))


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
    assert (folder / "report.txt").read_text() == as_text(refusal.report)
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
    changed = replace(settings, survey=survey)
    path = write_delivery(tmp_path / "wave_2022.csv", good_table(rows=20))
    with pytest.raises(CodebookError, match=r"attribute_columns\.csv names 0 columns"):
        accept(path, changed)
    assert not settings.rejected.exists()
