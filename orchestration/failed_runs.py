"""Failed runs: what may be told of one, read from its events.

What belongs here: picking names and counts out of a run's events. What does not: sending them
(`notices`). The words of an exception stay behind: those of dbt and DuckDB may quote a value.
"""

from __future__ import annotations

from collections.abc import Iterator

import dagster as dg
from dagster._core.events import DagsterEvent, DagsterEventType

from orchestration.jobs import MIRRORING, STEPS
from orchestration.notices import Notice

# Put on the failure of a step that refused a delivery, of which a notice has gone out by then.
REFUSED = "vakwerk/refused"

PARTITION = "dagster/partition"
RANGE = ("dagster/asset_partition_range_start", "dagster/asset_partition_range_end")


def failure_notice(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Notice | None:
    """What is told of a failed run; None where it failed of refused deliveries alone."""
    failures = list(_events(instance, run, DagsterEventType.STEP_FAILURE))
    others = [failure for failure in failures if not _is_refusal(failure)]
    if failures and not others:
        return None
    checks = list(_red_checks(instance, run))
    steps = [STEPS.get(event.step_key or "", event.step_key or "a step") for event in others]
    is_published = bool(others) and all(event.step_key == MIRRORING for event in others)
    lines = [
        "Published, but not mirrored: `vakwerk publish` mirrors again."
        if is_published
        else "Nothing was published; readers keep what they had.",
        f"Wave: {_waves(run)}",
        *(f"- red check: {check}" for check in checks),
        *(f"- stopped at: {step}" for step in steps),
        *(() if steps else ("- the process of the run died, also when it was tried again",)),
        f"Dagster's page of run {run.run_id} says more.",
    ]
    return Notice(
        f"{'Red check' if checks else 'Run failed'}: wave {_waves(run)}", "\n".join(lines)
    )


def _red_checks(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[str]:
    for event in _events(instance, run, DagsterEventType.ASSET_CHECK_EVALUATION):
        check = event.asset_check_evaluation_data
        if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR:
            yield f"{check.asset_key.to_user_string()}: {check.check_name}: {failing_rows(check) or 'not kept'}"


def failing_rows(check: dg.AssetCheckEvaluation) -> str:
    """How many rows broke a check, in words; empty where it did not say."""
    rows = check.metadata.get("failing_rows", check.metadata.get("dagster_dbt/failed_row_count"))
    return f"failing rows: {rows.value}" if rows else ""


def _events(
    instance: dg.DagsterInstance, run: dg.DagsterRun, kind: DagsterEventType
) -> Iterator[DagsterEvent]:
    for entry in instance.all_logs(run.run_id, of_type=kind):
        if entry.dagster_event is not None:
            yield entry.dagster_event


def _is_refusal(event: DagsterEvent) -> bool:
    told = event.step_failure_data.user_failure_data
    return told is not None and REFUSED in told.metadata


def _waves(run: dg.DagsterRun) -> str:
    ends = dict.fromkeys(run.tags[tag] for tag in (PARTITION, *RANGE) if tag in run.tags)
    return " to ".join(ends) or "all"
