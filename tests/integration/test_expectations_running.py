"""How a suite is run: what a check that cannot run becomes, and what running leaves behind.

What belongs here: errors, files and processes. What does not: what each check finds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from expectations.declarations import Scope
from expectations.results import SAMPLE_ROWS, CheckResult
from expectations.running import SUITES, run_checks, run_suite
from orchestration.codebook import Codebook, CodebookError
from orchestration.settings import PROJECT
from orchestration.sql import literal
from tests.expectations_survey import GOOD, HOSTILE, QUOTED, WAVES, write_codebook, write_database


@pytest.fixture
def survey(tmp_path: Path) -> Codebook:
    return write_codebook(tmp_path / "codebook")


@pytest.fixture
def marts(tmp_path: Path) -> Path:
    return write_database(tmp_path / "warehouse.duckdb", GOOD["marts"][2])


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    return write_database(tmp_path / "2022.duckdb", GOOD["delivery"][2])


def by_name(results: list[CheckResult]) -> dict[str, CheckResult]:
    return {result.name: result for result in results}


def test_a_missing_table_is_an_error_of_its_checks_and_of_no_other(
    marts: Path, survey: Codebook
) -> None:
    write_database(marts, "drop table marts.dim_groups")

    results = by_name(run_suite("marts", marts, Scope(survey, WAVES)))

    missing = results.pop("dim_groups_keys_unique")
    assert missing.status == "error"
    assert not missing.passed
    assert "dim_groups" in str(missing.error)
    assert {result.status for result in results.values()} == {"passed"}


def test_a_missing_column_is_an_error_where_it_is_needed_and_a_failure_where_it_is_promised(
    delivery: Path, survey: Codebook
) -> None:
    write_database(delivery, "alter table delivered drop v2")

    results = by_name(run_suite("delivery", delivery, Scope(survey, ("2022",))))

    assert results["crosswalk_columns_present"].status == "failed"
    assert results["crosswalk_columns_present"].sample == ({"missing_column": "v2"},)
    assert results["answers_within_scale"].status == "error"
    assert "v2" in str(results["answers_within_scale"].error)
    assert results["groups_known"].status == "passed"


@pytest.mark.parametrize("content", [None, b"", b"not a database " * 1000])
def test_a_file_that_cannot_be_read_is_an_error_of_every_check(
    content: bytes | None, tmp_path: Path, survey: Codebook
) -> None:
    path = tmp_path / "unreadable.duckdb"
    if content is not None:
        path.write_bytes(content)

    results = run_suite("marts", path, Scope(survey, WAVES))

    assert [result.name for result in results] == [check.name for check in SUITES["marts"]]
    assert {result.status for result in results} == {"error"}
    assert str(path) in str(results[0].error)
    assert path.exists() is (content is not None)


def test_a_check_that_cannot_say_what_it_expects_is_an_error_and_the_others_run(
    delivery: Path, survey: Codebook
) -> None:
    thresholds = survey.folder / "quality_thresholds.csv"
    thresholds.write_text("check_name,threshold,severity,reason\nitems_answered,1,warn,why\n")

    results = by_name(run_suite("delivery", delivery, Scope(survey, ("2022",))))

    for name in ("item_nonresponse", "answers_doubled", "straight_lining"):
        unset = results.pop(name)
        assert unset.status == "error"
        assert f"{thresholds} has no threshold for {name}" in str(unset.error)
    assert {result.status for result in results.values()} == {"passed"}


def test_a_survey_decides_whether_a_check_blocks_and_says_why(
    delivery: Path, survey: Codebook
) -> None:
    (check,) = (check for check in SUITES["delivery"] if check.name == "items_answered")
    scope = Scope(survey, ("2022",))
    assert check.severity == "warn"

    thresholds = survey.folder / "quality_thresholds.csv"
    thresholds.write_text(
        "check_name,threshold,severity,reason\nitems_answered,1,block,no item to lose\n"
    )
    (result,) = run_checks("delivery", [check], delivery, scope)
    assert (result.severity, result.details["severity_because"]) == ("block", "no item to lose")

    thresholds.write_text("check_name,threshold,severity,reason\nitems_answered,1,fatal,\n")
    with pytest.raises(CodebookError, match="block or warn"):
        run_checks("delivery", [check], delivery, scope)

    thresholds.unlink()
    with pytest.raises(CodebookError, match="quality_thresholds"):
        run_checks("delivery", [check], delivery, scope)


def test_a_promise_that_does_not_apply_to_a_wave_is_kept(delivery: Path, survey: Codebook) -> None:
    results = by_name(run_suite("delivery", delivery, Scope(survey, ("2022",))))

    assert results["weights_positive"].passed
    assert results["weights_positive"].details["expectations"] == 0
    assert results["groups_known"].details["expectations"] == 1


def test_a_run_without_waves_keeps_no_promise(marts: Path, survey: Codebook) -> None:
    results = by_name(run_suite("marts", marts, Scope(survey, ())))

    assert results["item_results_waves_covered"].status == "error"
    assert results["item_results_totals_present"].status == "error"


def test_all_that_fails_is_counted_and_a_little_of_every_column_is_shown(
    delivery: Path, survey: Codebook
) -> None:
    write_database(
        delivery,
        """
        insert into delivered select delivered.* from delivered, range(99);
        update delivered set v2 = 'x' where rowid = 0;
        update delivered set {column} = '7';
        """.replace("{column}", QUOTED),
    )
    scope = Scope(survey, ("2022",))
    (check,) = (check for check in SUITES["delivery"] if check.name == "answers_within_scale")
    (result,) = run_checks("delivery", [check], delivery, scope)

    assert result.failing_rows == 2000 + 1
    assert {tuple(row.values()) for row in result.sample} == {(HOSTILE, 2000), ("v2", 1)}

    write_database(delivery, "update delivered set rol = 'r' || rowid, note = 'n'")
    (check,) = (check for check in SUITES["delivery"] if check.name == "groups_known")
    (result,) = run_checks("delivery", [check], delivery, scope)

    assert result.failing_rows == 2000
    assert len(result.sample) == SAMPLE_ROWS
    assert result.sample[0] == {"row": 1, "column_name": "rol"}


def test_no_respondent_can_be_found_in_what_is_shown(
    tmp_path: Path, delivery: Path, survey: Codebook
) -> None:
    write_database(
        delivery, "update delivered set nr = 'secret1', unit = '' where nr in ('r1', 'r2')"
    )
    staging = write_database(tmp_path / "built.duckdb", GOOD["staging"][2])
    write_database(
        staging,
        """
        update staging.stg_responses
            set respondent_key = 'secret1', v1 = 9, v3 = 1, role = 'XX', weight = 0;
        update staging.stg_responses set v2 = null where wave_id = '2022';
        """,
    )

    results = [
        *run_suite("delivery", delivery, Scope(survey, ("2022",)), tmp_path / "quality"),
        *run_suite("staging", staging, Scope(survey, WAVES), tmp_path / "quality"),
    ]

    failed = {result.name for result in results if result.status == "failed"}
    assert failed >= {"respondent_ids_unique", "stratum_present", "respondents_unique"}
    assert failed >= {"staged_answers_within_scale", "asked_items_filled", "unasked_items_empty"}
    shown = [json.dumps([asdict(result) for result in results])]
    shown += [path.read_text("utf-8") for path in (tmp_path / "quality").iterdir()]
    assert not [text for text in shown if "secret1" in text]


def test_the_file_is_left_as_it_was_and_free(marts: Path, survey: Codebook) -> None:
    before = sha256(marts.read_bytes()).hexdigest()
    marts.chmod(0o444)

    with duckdb.connect(marts, read_only=True) as reader:
        beside = run_suite("marts", marts, Scope(survey, WAVES))
        assert reader.execute("select 1").fetchone() == (1,)

    assert {result.status for result in beside} == {"passed"}
    assert sha256(marts.read_bytes()).hexdigest() == before
    assert not marts.with_name(f"{marts.name}.wal").exists()
    marts.chmod(0o644)
    with duckdb.connect(marts) as writer:
        during = run_suite("marts", marts, Scope(survey, WAVES))
        assert writer.execute("select 1").fetchone() == (1,)
    assert {result.status for result in during} == {"error"}


def test_tables_of_the_same_name_in_another_schema_are_not_mistaken_for_the_checked_one(
    marts: Path, survey: Codebook
) -> None:
    write_database(
        marts,
        "create schema audit; create table audit.item_results as select 1 as respondent_key;"
        "create table item_results as select 2 as respondent_key",
    )

    results = run_suite("marts", marts, Scope(survey, WAVES))

    assert {(result.name, result.error) for result in results if not result.passed} == set()


def test_a_published_file_is_checked_like_the_warehouse(marts: Path, survey: Codebook) -> None:
    published = marts.with_name("marts.duckdb")
    with duckdb.connect(marts) as connection:
        connection.execute(f"attach {literal(str(published))} as publication")
        for (table,) in connection.sql(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall():
            connection.execute(f"create table publication.{table} as from marts.{table}")

    assert {r.status for r in run_suite("marts", published, Scope(survey, WAVES))} == {"passed"}

    write_database(published, "alter table item_results add respondent_key varchar")
    results = by_name(run_suite("marts", published, Scope(survey, WAVES)))
    assert results["item_results_no_microdata"].status == "failed"


def test_nothing_is_asked_of_the_network_nor_said_on_the_terminal(
    tmp_path: Path, marts: Path, survey: Codebook
) -> None:
    program = f"""
import socket
def refuse(*arguments, **options):
    raise AssertionError(f"asked the network for {{arguments}}")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse

from pathlib import Path
from expectations.declarations import Scope
from expectations.running import run_suite
from orchestration.codebook import Codebook

results = run_suite("marts", Path({str(marts)!r}), Scope(Codebook(Path({str(survey.folder)!r})), {WAVES!r}), Path({str(tmp_path / "quality")!r}))
assert all(result.passed for result in results), results
"""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GX_")}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env=environment | {"HOME": str(tmp_path / "home"), "TMPDIR": str(tmp_path)},
        check=False,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert not (tmp_path / "home").exists()
    assert {path.name for path in tmp_path.iterdir()} == {"codebook", "warehouse.duckdb", "quality"}
