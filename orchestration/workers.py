"""Workers: whether the process of a run still lives, and what becomes of a run whose process died.

What belongs here: the launcher that Dagster's run monitoring asks, and clearing up after runs of
this machine. What does not: asking for the work again, which Dagster's run retries and the landing
sensor do.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import dagster as dg
from dagster._core.events import DagsterEventType
from dagster._core.launcher.base import CheckRunHealthResult, WorkerStatus

UNDER_WAY = (dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED)

# A run that began so recently may not have said yet which process it is.
UNNAMED_SECONDS = 60.0


class LocalRunLauncher(dg.DefaultRunLauncher):
    """Dagster's own launcher, which also knows whether the process of a run is still there."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Always, as every run is a process of this machine."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Running, or failed where the process is gone or another one has its number."""
        if has_worker(self._instance, run.run_id):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, "The process of the run is gone.")


def has_worker(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether the process that works on a run, as the run's events name it, is still there."""
    for entry in reversed(instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT)):
        event = entry.dagster_event
        process = event and event.engine_event_data.metadata.get("pid")
        if process:
            return _lives(str(process.value), named_at=entry.timestamp)
    record = instance.get_run_record_by_id(run_id)
    begun = record and (record.start_time or record.create_timestamp.timestamp())
    return bool(begun and time.time() - begun < UNNAMED_SECONDS)


def end_dead_runs(instance: dg.DagsterInstance) -> None:
    """Call failed whatever began and has no process left, and give back its places in the pools."""
    for run in instance.get_runs(dg.RunsFilter(statuses=list(UNDER_WAY))):
        if not has_worker(instance, run.run_id):
            instance.report_run_failed(run, "The process of the run is gone.")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)


def _lives(process: str, named_at: float) -> bool:
    """Whether a process is there and began before it was named: numbers are given out again."""
    try:
        status = Path("/proc", process, "stat").read_text(encoding="utf-8")
        uptime = float(Path("/proc/uptime").read_text(encoding="utf-8").split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return False
    # The name of the program, in brackets, may itself hold spaces and brackets.
    fields = status.rpartition(")")[2].split()
    state, began = fields[0], float(fields[19]) / os.sysconf("SC_CLK_TCK")
    return state not in "ZX" and time.time() - (uptime - began) <= named_at
