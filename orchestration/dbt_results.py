"""What dbt said of a build, from its run results, as records for the audit.

What belongs here: reading `run_results.json`. What does not: running dbt, and judging the records.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestration.audit import CheckRecord, Status

STATUSES: Mapping[str, Status] = {"pass": "passed", "warn": "failed", "fail": "failed"}


def failures(run_results: Mapping[str, Any]) -> list[str]:
    """What did not end well, one sentence a node, without those that were only skipped for it."""
    return [
        f"{result['unique_id']}: {' '.join((result['message'] or result['status']).split())}"
        for result in run_results["results"]
        if result["status"] in ("error", "fail", "runtime error")
    ]


def with_those_before(
    run_results: Mapping[str, Any], before: Mapping[str, Any], manifest: Mapping[str, Any]
) -> dict[str, Any]:
    """The results of a build of some nodes, with those before of every other node that still is one."""
    again = {result["unique_id"] for result in run_results["results"]}
    kept = [
        result
        for result in before["results"]
        if result["unique_id"] not in again and result["unique_id"] in manifest["nodes"]
    ]
    return {**run_results, "results": [*run_results["results"], *kept]}


def with_compiled_code(
    manifest: Mapping[str, Any], run_results: Mapping[str, Any]
) -> dict[str, Any]:
    """The manifest with the SQL of nodes that only an earlier build compiled, as its results tell."""
    compiled = {
        result["unique_id"]: {"compiled": True, "compiled_code": result["compiled_code"]}
        for result in run_results["results"]
        if result.get("compiled_code")
    }
    nodes = {
        name: node if node.get("compiled_code") else {**node, **compiled.get(name, {})}
        for name, node in manifest["nodes"].items()
    }
    return {**manifest, "nodes": nodes}


def check_records(run_results: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[CheckRecord]:
    """One record for each data test that the run came to, also for those that could not run."""
    nodes = manifest["nodes"]
    return [
        CheckRecord(
            tool="dbt",
            suite="dbt",
            name=node["name"],
            table_name=(node.get("attached_node") or "").rsplit(".", 1)[-1],
            # Whatever is none of dbt's verdicts on the data is a test that could not give one.
            status=STATUSES.get(result["status"], "error"),
            blocks=node["config"]["severity"].lower() == "error",
            failing_rows=result.get("failures") or 0,
        )
        for result in run_results["results"]
        if (node := nodes.get(result["unique_id"])) and node["resource_type"] == "test"
    ]
