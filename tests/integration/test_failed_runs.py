"""What is told of a failed run: names and counts, once, and never what stood in the data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration import assets, sensors
from orchestration.assets import delivery_faults
from orchestration.deliveries.errors import DeliveryError, DeliveryRefused, WarehouseBusy
from orchestration.deliveries.report import Kind, Problem, Report
from orchestration.failed_runs import REFUSED, failure_notice
from orchestration.notices import Notice
from orchestration.sensors import failure_sensor
from orchestration.settings import Settings
from tests.builders import settings_for

PLANTED = "zeer geheim antwoord of respondent-4711"
REFUSAL = DeliveryRefused(
    Report("wave_2022.csv", "2022", "ab" * 32, problems=(Problem(Kind.EMPTY, PLANTED, ""),)),
    Path("rejected"),
)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Notice]:
    """What is sent, by whoever sends."""
    notices: list[Notice] = []
    for module in (assets, sensors):
        monkeypatch.setattr(module, "send", lambda _, notice: notices.append(notice))
    return notices


def run_of(
    instance: dg.DagsterInstance, work: Callable[[], None], *, red: bool = False
) -> dg.ExecuteInProcessResult:
    """A run of one asset that does this work, with a check on it."""

    @dg.asset(key=["marts", "response"])
    def response() -> None:
        work()

    @dg.asset_check(asset=response, name="response_in_order", blocking=True)
    def check() -> dg.AssetCheckResult:
        return dg.AssetCheckResult(
            passed=not red,
            severity=dg.AssetCheckSeverity.ERROR,
            description=PLANTED,
            metadata={"failing_rows": 7, "sample": PLANTED},
        )

    @dg.asset(key=["published", "marts"], deps=[response])
    def publication() -> None:
        pass

    definitions = dg.Definitions(
        [response, publication], asset_checks=[check], jobs=[dg.define_asset_job("refresh")]
    )
    return definitions.resolve_job_def("refresh").execute_in_process(
        instance=instance, raise_on_error=False, tags={"dagster/partition": "2022"}
    )


def nothing() -> None:
    pass


def test_a_step_that_failed_is_told_by_its_name_and_not_by_what_it_said(
    instance: dg.DagsterInstance,
) -> None:
    def work() -> None:
        raise ValueError(PLANTED)

    result = run_of(instance, work)
    notice = failure_notice(instance, result.dagster_run)

    assert notice is not None
    assert notice.subject == "Run failed: wave 2022"
    assert "- stopped at: marts__response" in notice.text
    assert result.run_id in notice.text
    assert PLANTED not in notice.text


def test_a_red_check_is_told_by_its_name_and_how_many_rows_broke_it(
    instance: dg.DagsterInstance,
) -> None:
    notice = failure_notice(instance, run_of(instance, nothing, red=True).dagster_run)

    assert notice is not None
    assert notice.subject == "Red check: wave 2022"
    assert "- red check: marts/response: response_in_order: failing rows: 7" in notice.text
    assert PLANTED not in notice.text


def test_a_run_that_died_is_told_as_one(instance: dg.DagsterInstance) -> None:
    run = instance.create_run_for_job(dg.GraphDefinition("refresh").to_job())
    instance.report_run_failed(run)

    notice = failure_notice(instance, run)

    assert notice is not None
    assert "died" in notice.text


def test_a_refused_delivery_is_told_once_and_its_run_not_again(
    instance: dg.DagsterInstance, settings: Settings, told: list[Notice]
) -> None:
    def work() -> None:
        with delivery_faults(settings):
            raise REFUSAL

    result = run_of(instance, work)

    assert not result.success
    (notice,) = told
    assert notice.subject == "Delivery refused: wave_2022.csv"
    assert PLANTED not in notice.text
    assert failure_notice(instance, result.dagster_run) is None
    (failure,) = result.filter_events(lambda event: event.is_step_failure)
    user_failure = failure.step_failure_data.user_failure_data
    assert user_failure is not None
    assert REFUSED in user_failure.metadata


@pytest.mark.parametrize(
    ("fault", "passes"), [(DeliveryError("Gone."), False), (WarehouseBusy("In use."), True)]
)
def test_another_fault_of_a_delivery_is_left_to_the_notice_of_the_run(
    settings: Settings, told: list[Notice], fault: DeliveryError, passes: bool
) -> None:
    with pytest.raises(dg.Failure) as failure, delivery_faults(settings):
        raise fault

    assert failure.value.allow_retries is passes
    assert told == []


@pytest.mark.parametrize(("will_retry", "notices"), [("true", 0), ("false", 1)])
@pytest.mark.parametrize("seconds", [0, 1], ids=["at once", "a moment later"])
def test_a_run_that_dagster_tries_again_is_not_told_of_yet(
    instance: dg.DagsterInstance,
    settings: Settings,
    told: list[Notice],
    monkeypatch: pytest.MonkeyPatch,
    seconds: int,
    will_retry: str,
    notices: int,
) -> None:
    def work() -> None:
        raise ValueError(PLANTED)

    result = run_of(instance, work)
    context = dg.build_run_status_sensor_context(
        "failed_runs",
        result.get_run_failure_event(),
        instance,
        result.dagster_run,
    ).for_run_failure()
    judgement = threading.Timer(
        seconds, instance.add_run_tags, (result.run_id, {"dagster/will_retry": will_retry})
    )
    judgement.start()
    if not seconds:
        judgement.join()

    # Dagster launched it itself, and so can again.
    monkeypatch.setattr(dg.DagsterRun, "remote_job_origin", "the daemon", raising=False)
    failure_sensor(settings)(context)

    assert len(told) == notices
