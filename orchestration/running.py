"""Running Dagster's job in this process, and telling a person what it does and what went wrong.

What belongs here: the call, and its events in plain words. What does not: what the job consists of.
"""

import logging
import sqlite3
import warnings as python_warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass

import dagster as dg
from sqlalchemy.engine import Engine
from sqlalchemy.event import listens_for

from orchestration.codebook import Codebook
from orchestration.definitions import build_definitions
from orchestration.failed_runs import failing_rows, failure_notice
from orchestration.jobs import DELIVERY_TAG, MODELS, REFRESH, STEPS
from orchestration.machine import remedy
from orchestration.notices import send
from orchestration.partitions import range_tags, wave_partitions
from orchestration.settings import Settings
from orchestration.standing import STANDS_SINCE, Built
from orchestration.turns import WAITING
from orchestration.workers import end_dead_runs

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Ran:
    """What failed and what was warned of, in sentences, and how much was built again, if the models
    were come to.
    """

    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    built: Built | None


def run_refresh(settings: Settings, waves: list[str], progress: Progress) -> Ran:
    """Run the refresh of these waves."""
    for category in (dg.BetaWarning, dg.PreviewWarning):
        python_warnings.filterwarnings("ignore", category=category)
    _without_waiting_for_the_disk()
    definitions = dg.Definitions.merge(
        build_definitions(settings),
        dg.Definitions(loggers={"progress": _progress_logger(progress)}),
    )
    partitions = wave_partitions(Codebook(settings.codebook))
    # dbt's own lines go to a file: a person is told of steps, and of what fails.
    log = settings.dagster_home / "last_run.log"
    with (
        log.open("w", encoding="utf-8") as file,
        redirect_stdout(file),
        dg.DagsterInstance.get() as instance,
    ):
        # A killed run would hold its place in the pool for ever.
        end_dead_runs(instance)
        job = definitions.resolve_job_def(REFRESH.name)
        results = [
            job.execute_in_process(
                instance=instance,
                # What lies in the landing folder has been taken in before.
                tags=tags | {DELIVERY_TAG: ""},
                run_config={"loggers": {"progress": {}}},
                raise_on_error=False,
            )
            for tags in range_tags(partitions, waves)
        ]
        for result in results:
            if not result.success and (notice := failure_notice(instance, result.dagster_run)):
                send(settings, notice)
    return Ran(
        tuple(problem for result in results for problem in _failures(result)),
        tuple(
            warning for result in results for warning in _unkept(result, dg.AssetCheckSeverity.WARN)
        ),
        _built(results),
    )


def _built(results: Iterable[dg.ExecuteInProcessResult]) -> Built | None:
    """How much was built again, in one run or another; a table of several waves is told several times."""
    again, told = set(), set()
    for result in results:
        for event in result.filter_events(lambda event: event.is_step_materialization):
            made = event.step_materialization_data.materialization
            if event.step_key == MODELS:
                told.add(made.asset_key)
                if STANDS_SINCE not in made.metadata:
                    again.add(made.asset_key)
    return Built(len(again), len(told)) if told else None


def _without_waiting_for_the_disk() -> None:
    """Let SQLite, which holds Dagster's history, trust the system to write to disk in its own time.

    It would wait at each of some thousand events. A power cut may cost the last lines of the
    history; the warehouse and what is published are DuckDB's and are not touched by this.
    """

    @listens_for(Engine, "connect")
    def relax(connection: object, _: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("pragma synchronous = off")


def _failures(result: dg.ExecuteInProcessResult) -> Iterator[str]:
    """The steps that failed of themselves, not those that waited for them, and the checks behind."""
    yield from _unkept(result, dg.AssetCheckSeverity.ERROR)
    for event in result.filter_events(lambda event: event.is_step_failure):
        failure = event.step_failure_data
        told = failure.user_failure_data.description if failure.user_failure_data else None
        cause = failure.error.cause or failure.error if failure.error else None
        # Red checks are told above, each by its name.
        if cause is None or cause.cls_name != "DagsterAssetCheckFailedError":
            step = STEPS.get(event.step_key or "", event.step_key)
            said = told or (cause.message.strip() if cause else "")
            what = remedy(said)
            yield f"{step}: {said}" + (f"\n{what}" if what and what not in said else "")
    if not result.success and not any(event.is_step_failure for event in result.all_events):
        yield "The run did not finish; Dagster's page of the run says where it stopped."


def _unkept(result: dg.ExecuteInProcessResult, severity: dg.AssetCheckSeverity) -> Iterator[str]:
    for check in result.get_asset_check_evaluations():
        if not check.passed and check.severity == severity:
            told = check.description or failing_rows(check) or "not kept"
            yield f"{check.asset_key.to_user_string()}: {check.check_name}: {told}"


def _progress_logger(progress: Progress) -> dg.LoggerDefinition:
    def progress_logger(_: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("vakwerk.progress")
        logger.addHandler(_StepHandler(progress))
        return logger

    return dg.LoggerDefinition(progress_logger)


class _StepHandler(logging.Handler):
    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        # Of a step that makes several things, each is a part that is done.
        if event is not None and event.event_type_value in (
            "STEP_START",
            "ASSET_MATERIALIZATION",
            "ASSET_CHECK_EVALUATION",
        ):
            self.progress(STEPS.get(event.step_key, event.step_key))
        elif WAITING in record.getMessage():
            self.progress(WAITING)
