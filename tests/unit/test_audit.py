"""What the audit promises: silence is no consent, and what was said of one build holds for no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from orchestration.audit import (
    SEVERAL_CODES,
    Build,
    CheckRecord,
    Status,
    begin_build,
    check_counts,
    checks_of,
    last_build,
    objections,
    record_build,
    record_checks,
    take_over_build,
)

SUITES = ("dbt", "staging", "marts")
FIRST = Build("first", succeeded=True, code_fingerprint="code", codebook_fingerprint="codebook")
SECOND = replace(FIRST, build_id="second")

DBT = CheckRecord("dbt", "dbt", "unique", "dim_waves", "passed", blocks=True, failing_rows=0)
STAGING = replace(DBT, tool="great_expectations", suite="staging", name="weights")
MARTS = replace(STAGING, suite="marts", name="shares", table_name="item_results")


@pytest.fixture
def warehouse() -> Iterator[DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture
def audited(warehouse: DuckDBPyConnection) -> DuckDBPyConnection:
    """A warehouse whose build every suite has passed."""
    build(warehouse, FIRST)
    return warehouse


def build(connection: DuckDBPyConnection, made: Build, *suites: str) -> None:
    """Build, and run the suites, or all of them."""
    begin_build(connection, made.code_fingerprint)
    record_build(connection, made, [DBT])
    for check in (STAGING, MARTS):
        if check.suite in (suites or SUITES):
            record_checks(connection, [check])


def test_an_audited_build_may_be_published(audited: DuckDBPyConnection) -> None:
    assert objections(audited, SUITES) == []
    assert last_build(audited) == FIRST


def test_nothing_built_is_nothing_to_publish(warehouse: DuckDBPyConnection) -> None:
    assert last_build(warehouse) is None
    assert objections(warehouse, SUITES) == ["Nothing has been built yet."]


def test_a_build_that_has_begun_takes_the_word_back_that_was_given(
    audited: DuckDBPyConnection,
) -> None:
    begin_build(audited, "code")

    reasons = objections(audited, SUITES)
    assert "The last build of the models did not finish." in reasons
    assert [suite for suite in SUITES if any(repr(suite) in reason for reason in reasons)] == [
        *SUITES
    ]


@pytest.mark.parametrize("audited_before", [True, False], ids=["a later build", "the first build"])
def test_a_killed_build_is_known_as_unfinished(
    warehouse: DuckDBPyConnection, audited_before: bool
) -> None:
    if audited_before:
        build(warehouse, FIRST)
    unfinished = begin_build(warehouse, "code")

    assert last_build(warehouse) == unfinished
    assert not unfinished.succeeded
    assert unfinished.code_fingerprint == "code"


def test_models_of_several_codes_are_known_until_a_build_of_everything_ends_well(
    audited: DuckDBPyConnection,
) -> None:
    """Also where the code is put back: what was built with the other one still stands."""
    assert begin_build(audited, "other code").code_fingerprint == SEVERAL_CODES
    unfinished = begin_build(audited, "code")
    assert unfinished.code_fingerprint == SEVERAL_CODES

    record_build(audited, replace(SECOND, succeeded=False, code_fingerprint=SEVERAL_CODES), [])
    assert begin_build(audited, "code").code_fingerprint == SEVERAL_CODES

    record_build(audited, SECOND, [DBT])
    assert begin_build(audited, "code").code_fingerprint == "code"


def test_a_failed_build_may_not_be_published_whatever_its_checks_say(
    warehouse: DuckDBPyConnection,
) -> None:
    build(warehouse, replace(FIRST, succeeded=False))

    assert objections(warehouse, SUITES) == ["The last build of the models did not finish."]


@pytest.mark.parametrize("silent", ["staging", "marts"])
def test_a_suite_that_said_nothing_of_this_build_objects(
    warehouse: DuckDBPyConnection, silent: str
) -> None:
    build(warehouse, FIRST)
    build(warehouse, SECOND, *(suite for suite in SUITES if suite != silent))

    assert objections(warehouse, SUITES) == [
        f"The suite {silent!r} has not been run on this build."
    ]


def test_a_build_without_a_test_of_dbt_objects(warehouse: DuckDBPyConnection) -> None:
    begin_build(warehouse, "code")
    record_build(warehouse, FIRST, [])
    record_checks(warehouse, [STAGING])
    record_checks(warehouse, [MARTS])

    assert objections(warehouse, SUITES) == ["The suite 'dbt' has not been run on this build."]


@pytest.mark.parametrize(
    ("status", "said"), [("failed", r"failed \(7 rows\)"), ("error", "could not run")]
)
def test_a_blocking_check_that_did_not_pass_objects_and_says_how(
    audited: DuckDBPyConnection, status: Status, said: str
) -> None:
    record_checks(audited, [replace(MARTS, status=status, failing_rows=7)])

    (reason,) = objections(audited, SUITES)
    assert reason.startswith("great_expectations: shares on item_results ")
    assert re.search(said, reason)


@pytest.mark.parametrize("status", ["failed", "error"])
def test_a_warning_is_recorded_and_blocks_nothing(
    audited: DuckDBPyConnection, status: Status
) -> None:
    record_checks(audited, [replace(MARTS, status=status, blocks=False, failing_rows=7)])

    assert objections(audited, SUITES) == []
    assert check_counts(audited)["great_expectations"] == {"passed": 1, status: 1}


def test_every_objection_is_told_not_just_the_first(audited: DuckDBPyConnection) -> None:
    record_checks(
        audited,
        [
            replace(MARTS, status="failed", failing_rows=1),
            replace(MARTS, name="ranks", status="error"),
        ],
    )
    begin_build(audited, "code")
    record_build(audited, replace(SECOND, succeeded=False), [replace(DBT, status="failed")])

    assert len(objections(audited, SUITES)) == 4


def test_a_suite_run_again_speaks_instead_of_what_it_said_before(
    audited: DuckDBPyConnection,
) -> None:
    record_checks(audited, [replace(MARTS, status="failed"), replace(MARTS, name="ranks")])
    record_checks(audited, [MARTS])

    assert objections(audited, SUITES) == []
    assert check_counts(audited) == {"dbt": {"passed": 1}, "great_expectations": {"passed": 2}}


def test_checks_before_any_build_are_of_nothing_and_not_kept(
    warehouse: DuckDBPyConnection,
) -> None:
    record_checks(warehouse, [MARTS])

    assert check_counts(warehouse) == {}


def test_the_last_build_stands_alone(audited: DuckDBPyConnection) -> None:
    build(audited, SECOND)

    assert last_build(audited) == SECOND
    assert audited.execute("select build_id from audit.builds").fetchall() == [("second",)]
    assert audited.execute("select distinct build_id from audit.checks").fetchall() == [("second",)]


def test_a_build_whose_checks_cannot_be_written_leaves_the_audit_as_it_was(
    audited: DuckDBPyConnection,
) -> None:
    begin_build(audited, "code")
    with pytest.raises(duckdb.ConstraintException):
        record_build(audited, SECOND, [DBT, DBT])
    audited.rollback()

    unfinished = last_build(audited)
    assert unfinished is not None
    assert not unfinished.succeeded
    assert objections(audited, SUITES)


def test_the_record_lies_in_the_warehouse_for_a_later_run(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(file) as connection:
        build(connection, FIRST)
        record_checks(connection, [replace(MARTS, status="failed", failing_rows=2)])

    with duckdb.connect(file, read_only=True) as connection:
        assert last_build(connection) == FIRST
        assert objections(connection, SUITES) == [
            "great_expectations: shares on item_results failed (2 rows)."
        ]


def test_a_build_taken_over_by_other_code_has_to_be_checked_again(
    audited: DuckDBPyConnection,
) -> None:
    take_over_build(audited, "other code")

    assert last_build(audited) == replace(FIRST, code_fingerprint="other code")
    assert checks_of(audited, "dbt") == [DBT]
    assert objections(audited, SUITES) == [
        f"The suite {suite!r} has not been run on this build." for suite in ("staging", "marts")
    ]
    record_checks(audited, [STAGING])
    record_checks(audited, [MARTS])
    assert objections(audited, SUITES) == []


def test_nothing_built_has_no_checks(warehouse: DuckDBPyConnection) -> None:
    assert checks_of(warehouse, "dbt") == []
