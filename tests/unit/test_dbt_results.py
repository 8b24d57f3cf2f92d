"""What is made of dbt's words: a record for every test, and no failure that passes for a verdict."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.audit import CheckRecord
from orchestration.dbt_results import (
    check_records,
    failures,
    with_compiled_code,
    with_those_before,
)

UNIQUE = "test.vakwerk.unique_waves"
WARNING = "test.vakwerk.warn_answers"
ON_SOURCE = "test.vakwerk.source_unique"
SINGULAR = "test.vakwerk.singular"
MODEL = "model.vakwerk.item_results"


def node(name: str, attached_node: str | None, severity: str = "ERROR") -> dict[str, Any]:
    return {
        "resource_type": "test",
        "name": name,
        "attached_node": attached_node,
        "config": {"severity": severity},
    }


MANIFEST = {
    "nodes": {
        UNIQUE: node("unique_waves", "model.vakwerk.stg_waves"),
        WARNING: node("warn_answers", "model.vakwerk.item_results", "warn"),
        ON_SOURCE: node("source_unique", "source.vakwerk.raw.waves", "error"),
        SINGULAR: node("singular", None),
        MODEL: {"resource_type": "model", "name": "item_results", "config": {}},
    }
}


def result(
    unique_id: str, status: str, rows: int | None = None, message: str | None = None
) -> dict[str, Any]:
    return {"unique_id": unique_id, "status": status, "failures": rows, "message": message}


def record(unique_id: str, status: str, rows: int | None = None) -> CheckRecord:
    (found,) = check_records({"results": [result(unique_id, status, rows)]}, MANIFEST)
    return found


def test_a_record_says_which_test_on_which_table() -> None:
    assert record(UNIQUE, "pass", 0) == CheckRecord(
        tool="dbt",
        suite="dbt",
        name="unique_waves",
        table_name="stg_waves",
        status="passed",
        blocks=True,
        failing_rows=0,
    )
    assert record(ON_SOURCE, "pass").table_name == "waves"
    assert record(SINGULAR, "pass").table_name == ""


def test_a_failing_test_tells_how_many_rows() -> None:
    failed = record(UNIQUE, "fail", 3)

    assert (failed.status, failed.failing_rows) == ("failed", 3)


def test_severity_decides_whether_a_test_blocks() -> None:
    assert record(UNIQUE, "fail", 1).blocks
    assert record(ON_SOURCE, "fail", 1).blocks
    assert not record(WARNING, "warn", 1).blocks
    assert record(WARNING, "warn", 1).status == "failed"


@pytest.mark.parametrize("status", ["error", "skipped", "runtime error", "no-op", "unheard of"])
def test_a_test_that_gave_no_verdict_is_an_error_and_never_a_pass(status: str) -> None:
    assert record(UNIQUE, status).status == "error"


def test_models_and_nodes_that_are_gone_make_no_record() -> None:
    results = {"results": [result(MODEL, "success"), result("test.vakwerk.gone", "pass")]}

    assert check_records(results, MANIFEST) == []


def test_failures_are_told_in_a_line_each_without_what_was_skipped_for_them() -> None:
    results = {
        "results": [
            result(MODEL, "error", message="Runtime Error\n  no such column:\n    mean"),
            result(UNIQUE, "fail", 2, "Got 2 results, configured to fail if != 0"),
            result(SINGULAR, "runtime error"),
            result(ON_SOURCE, "skipped", message="Skipping due to fail"),
            result(WARNING, "warn", 1, "Got 1 result"),
            result("model.vakwerk.dim_waves", "success"),
        ]
    }

    assert failures(results) == [
        f"{MODEL}: Runtime Error no such column: mean",
        f"{UNIQUE}: Got 2 results, configured to fail if != 0",
        f"{SINGULAR}: runtime error",
    ]


def test_what_was_not_run_again_keeps_what_was_said_of_it_before() -> None:
    before = {
        "results": [result(UNIQUE, "pass"), result(WARNING, "warn", 3), result("gone", "pass")]
    }
    now = {"metadata": {"invocation_id": "now"}, "results": [result(UNIQUE, "fail", 1)]}

    both = with_those_before(now, before, MANIFEST)

    assert both["metadata"] == {"invocation_id": "now"}
    assert [(one["unique_id"], one["status"]) for one in both["results"]] == [
        (UNIQUE, "fail"),
        (WARNING, "warn"),
    ]


def test_the_sql_that_was_not_compiled_again_is_taken_from_its_result() -> None:
    manifest = {
        "nodes": {MODEL: {"compiled_code": "new"}, UNIQUE: {"compiled": False}, SINGULAR: {}}
    }
    results = {
        "results": [
            result(MODEL, "success") | {"compiled_code": "old"},
            result(UNIQUE, "pass") | {"compiled_code": "kept"},
            result(SINGULAR, "pass") | {"compiled_code": None},
        ]
    }

    assert with_compiled_code(manifest, results)["nodes"] == {
        MODEL: {"compiled_code": "new"},
        UNIQUE: {"compiled": True, "compiled_code": "kept"},
        SINGULAR: {},
    }
