"""A run whose process died is known for it, however it died; one that lives is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import EngineEventData
from dagster._core.launcher import WorkerStatus
from dagster._core.test_utils import create_run_for_test

from orchestration.preparation import DAGSTER_INSTANCE
from orchestration.workers import LocalRunLauncher, end_dead_runs, has_worker

POOL = "warehouse_writer"


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance as `vakwerk prepare` makes it."""
    (tmp_path / "dagster.yaml").write_text(DAGSTER_INSTANCE, encoding="utf-8")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is in the middle of something."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        time.sleep(0.1)
        yield process
        process.kill()


def run_of(instance: dg.DagsterInstance, pid: int | None) -> dg.DagsterRun:
    """A run that has begun, in the process of this number."""
    run: dg.DagsterRun = create_run_for_test(
        instance, "refresh", status=dg.DagsterRunStatus.STARTED
    )
    if pid is not None:
        instance.report_engine_event("Started.", run, EngineEventData.in_process(pid))
    # What is said later without a number does not hide it.
    instance.report_engine_event("Goes on.", run)
    return run


def test_a_run_lives_as_long_as_its_process(
    instance: dg.DagsterInstance, process: subprocess.Popen[bytes]
) -> None:
    run = run_of(instance, process.pid)
    assert has_worker(instance, run.run_id)

    process.kill()
    time.sleep(0.1)
    assert not has_worker(instance, run.run_id), "a process that nobody has buried is dead too"

    process.wait()
    assert not has_worker(instance, run.run_id)


def test_another_process_with_the_same_number_is_not_the_run(
    instance: dg.DagsterInstance, process: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a restart of the machine, where numbers begin anew."""
    an_hour_ago = time.time() - 3600
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: an_hour_ago)
        run = run_of(instance, process.pid)

    assert not has_worker(instance, run.run_id)


def test_a_run_that_names_no_process_is_given_time_to(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_of(instance, None)
    assert has_worker(instance, run.run_id)

    later = time.time() + 120
    monkeypatch.setattr(time, "time", lambda: later)
    assert not has_worker(instance, run.run_id)


def test_dagsters_run_monitoring_asks_the_launcher(
    instance: dg.DagsterInstance, process: subprocess.Popen[bytes]
) -> None:
    launcher = instance.run_launcher
    assert isinstance(launcher, LocalRunLauncher)
    assert instance.run_monitoring_enabled
    assert launcher.supports_check_run_worker_health
    run = run_of(instance, process.pid)

    assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
    process.kill()
    process.wait()
    assert launcher.check_run_worker_health(run).status is WorkerStatus.FAILED


def test_a_dead_run_gives_its_place_in_the_pool_back_and_a_living_one_keeps_it(
    instance: dg.DagsterInstance, process: subprocess.Popen[bytes]
) -> None:
    events = instance.event_log_storage
    events.set_concurrency_slots(POOL, 2)
    dead, living = run_of(instance, process.pid), run_of(instance, os.getpid())
    for run in (dead, living):
        assert events.claim_concurrency_slot(POOL, run.run_id, "models").is_claimed
    process.kill()
    process.wait()

    end_dead_runs(instance)

    assert set(events.get_concurrency_info(POOL).active_run_ids) == {living.run_id}
    states = {run.run_id: run.status for run in instance.get_runs()}
    assert states == {
        dead.run_id: dg.DagsterRunStatus.FAILURE,
        living.run_id: dg.DagsterRunStatus.STARTED,
    }
    # A process that died is no answer: Dagster asks again. What a step said, it says again.
    (failed,) = instance.get_runs(dg.RunsFilter(run_ids=[dead.run_id]))
    assert failed.tags["dagster/will_retry"] == "true"
