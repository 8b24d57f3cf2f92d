"""Plausibility where a delivery comes in: the wave before is asked, and what is odd is reported.

What belongs here: the suite as the door and Dagster use it. What does not: what each check finds
(`test_expectations_plausibility`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import dagster as dg
import duckdb
import pytest

from orchestration.checks import build_checks
from orchestration.codebook import Codebook
from orchestration.deliveries.accepted import waiting_for
from orchestration.deliveries.door import accept
from orchestration.deliveries.loading import load
from orchestration.deliveries.report import Kind, Problem, Severity
from orchestration.deliveries.warehouse import connected
from orchestration.plausibility import answers_before, examine_plausibility
from orchestration.settings import Settings
from tests.builders import CODEBOOK, good_table, settings_for, write_delivery, write_survey

ROWS = 240


def odd_survey(folder: Path, **severities: str) -> Settings:
    """The tiny survey, with these severities instead of its own."""
    rows = [line.strip().split(",") for line in CODEBOOK["quality_thresholds"].strip().splitlines()]
    lines = [
        ",".join((name, limit, severities.get(name, severity), reason))
        for name, limit, severity, reason in rows
    ]
    return settings_for(
        folder, write_survey(folder / "survey", quality_thresholds="\n".join(lines))
    )


def delivered(settings: Settings, wave: str, **columns: list[str | None]) -> Path:
    """A delivery of the wave, accepted, some of its columns replaced; gives its database."""
    table = good_table(ROWS) | columns
    accepted = accept(
        write_delivery(settings.home.parent / f"wave_{wave}.csv", table), settings, wave
    )
    assert accepted.database is not None
    return accepted.database


def found(settings: Settings, wave: str, database: Path) -> list[Problem]:
    return examine_plausibility(settings, Codebook(settings.codebook), wave, database)


def test_a_plausible_delivery_has_no_problem(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    assert found(settings, "2022", delivered(settings, "2022")) == []
    assert not settings.warehouse.exists()
    assert not settings.quality.exists()


def test_what_blocks_refuses_and_what_warns_does_not(tmp_path: Path) -> None:
    for severity, becomes in (("block", Severity.REFUSE), ("warn", Severity.WARN)):
        settings = odd_survey(tmp_path / severity, item_nonresponse=severity)
        half_open: list[str | None] = [None] * 130 + ["1"] * (ROWS - 130)
        (problem,) = found(settings, "2022", delivered(settings, "2022", v1=half_open))
        assert (problem.kind, problem.severity, problem.count) == (Kind.IMPLAUSIBLE, becomes, 1)
        assert problem.values == (("v1", 130),)


def test_a_problem_of_respondents_says_in_which_rows_they_are(tmp_path: Path) -> None:
    rules = """
        rule_id,attribute_id,item_id,any_of,reason
        rule,role,,LG,tests
        rule,,C1,1,tests
    """
    settings = settings_for(
        tmp_path, write_survey(tmp_path / "survey", impossible_combinations=rules)
    )
    roles: list[str | None] = ["M"] * ROWS
    answers: list[str | None] = ["2"] * ROWS
    for row in (3, 5, 200):
        roles[row - 1], answers[row - 1] = "L", "1"
    (problem,) = found(settings, "2022", delivered(settings, "2022", rol=roles, v1=answers))
    assert problem.count == 3
    assert "row 3, 5, 200" in problem.message
    assert "r0003" not in repr(problem)


def test_the_wave_before_is_counted_by_its_own_codes(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    codebook = Codebook(settings.codebook)
    assert answers_before(settings, codebook, "2022") == {}
    assert answers_before(settings, codebook, "2024") == {}
    delivered(settings, "2022")
    load(settings, "2022")
    table = good_table(ROWS)
    # The second item is delivered the other way round.
    expected = {
        "C1": {answer: table["v1"].count(str(answer)) for answer in (1, 2, 3)},
        "D1": {4 - answer: table["v2"].count(str(answer)) for answer in (2, 3)},
        "D2": {answer: table["v3"].count(str(answer)) for answer in (1, 3)},
    }
    assert answers_before(settings, codebook, "2024") == expected


def test_an_item_that_drifts_from_the_loaded_wave_is_a_problem(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    delivered(settings, "2022")
    load(settings, "2022")
    drifted = delivered(settings, "2024", v3=["2"] * ROWS)
    assert [problem.values for problem in found(settings, "2024", drifted)] == [(("v3", ROWS),)]


def test_a_warehouse_in_use_is_a_warning_that_something_was_not_checked(tmp_path: Path) -> None:
    settings = odd_survey(tmp_path, item_drift="block")
    delivered(settings, "2022")
    load(settings, "2022")
    database = delivered(settings, "2024", v3=["2"] * ROWS)
    with connected(settings):
        (problem,) = found(settings, "2024", database)
    assert "could not be checked" in problem.message
    assert problem.severity is Severity.WARN
    (problem,) = found(settings, "2024", database)
    assert problem.severity is Severity.REFUSE


def checked(settings: Settings) -> tuple[dict[str, dg.AssetCheckResult], str | None]:
    """What Dagster is told of the deliveries that wait, and how the step failed, if it did."""
    (check_delivery, *_) = build_checks(settings)
    told: dict[str, dg.AssetCheckResult] = {}
    results = cast(Iterator[dg.AssetCheckResult], check_delivery())
    try:
        for result in results:
            told[str(result.check_name)] = result
    except dg.Failure as failure:
        return told, failure.description
    return told, None


@pytest.mark.parametrize("severity", ["warn", "block"])
def test_dagster_is_told_counts_and_a_page_and_never_an_answer(
    severity: str, tmp_path: Path
) -> None:
    settings = odd_survey(tmp_path, item_nonresponse=severity)
    delivered(settings, "2022", v1=[None] * 130 + ["1"] * (ROWS - 130))

    told, failure = checked(settings)

    odd = told["item_nonresponse"]
    assert set(odd.metadata) == {"failing_rows", "remedy", "quality_page_2022"}
    page = Path(str(odd.metadata["quality_page_2022"].value))
    assert page.is_file()
    assert page.parent == settings.quality
    assert all(
        set(result.metadata) == {"failing_rows"} for result in told.values() if result.passed
    )
    is_refused = severity == "block"
    assert (failure is not None, waiting_for(settings.accepted, "2022") is None) == (
        is_refused,
        is_refused,
    )


def test_a_refusal_says_how_much_was_read(tmp_path: Path) -> None:
    settings = odd_survey(tmp_path, item_nonresponse="block")
    delivered(settings, "2022", v1=[None] * ROWS)
    checked(settings)
    (folder,) = settings.rejected.iterdir()
    report = (folder / "report.txt").read_text("utf-8")
    assert f"{ROWS} rows read · {len(good_table())} columns" in report


def test_a_delivery_that_could_not_be_checked_stays_and_stops_the_run(tmp_path: Path) -> None:
    settings = odd_survey(tmp_path, item_drift="block")
    delivered(settings, "2022")
    load(settings, "2022")
    delivered(settings, "2024")
    with connected(settings):
        told, failure = checked(settings)
    drift = told["item_drift"]
    assert (drift.passed, drift.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert "could not run" in str(drift.description)
    assert failure is None
    assert waiting_for(settings.accepted, "2024") is not None


def test_the_quality_page_holds_no_id_and_no_answer_of_a_respondent(tmp_path: Path) -> None:
    rules = "rule_id,attribute_id,item_id,any_of,reason\nr,,C1,1,tests\nr,,D2,1,tests"
    settings = settings_for(
        tmp_path, write_survey(tmp_path / "survey", impossible_combinations=rules)
    )
    database = delivered(settings, "2022", gewicht=["0.123456789"] * ROWS)
    with duckdb.connect(database) as connection:
        connection.execute(
            "update delivered set v1 = 'a secret', rol = 'a secret', gewicht = 'a secret' where nr = 'r0007'"
        )
    told, _ = checked(settings)
    assert not told["answers_within_scale"].passed
    assert not told["groups_known"].passed
    assert not told["weights_positive"].passed
    pages = [path.read_text("utf-8") for path in settings.quality.iterdir()]
    assert pages
    assert not [page for page in pages if "a secret" in page or "r0007" in page]
    assert "a secret" not in repr(told)
