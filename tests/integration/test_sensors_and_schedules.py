"""When a run is asked for: each delivery once, when it is whole, and every night for all waves."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb
import pytest
from dagster import DagsterInstance
from dagster._core.definitions.schedule_definition import ScheduleExecutionData
from dagster._core.definitions.sensor_definition import SensorExecutionData

from orchestration import sensors
from orchestration.codebook import Codebook
from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.warehouse import RAW_SCHEMA
from orchestration.partitions import wave_partitions
from orchestration.schedules import nightly_refresh
from orchestration.sensors import SETTLED_AFTER_SECONDS, landing_sensor
from orchestration.settings import Settings

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FOUR_AT_NIGHT = datetime(2026, 7, 1, 4, tzinfo=AMSTERDAM)

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


@pytest.fixture
def settings(prepared: Settings, tmp_path: Path) -> Settings:
    """The study's survey, with an empty landing folder and no warehouse."""
    home = tmp_path / "home"
    (home / "landing").mkdir(parents=True)
    return replace(prepared, home=home, key_file=home / "key")


@pytest.fixture(scope="module")
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as instance:
        yield instance


class Ticks:
    """The sensor and the schedule of a home, asked as Dagster's daemon asks them."""

    def __init__(
        self, settings: Settings, definitions: dg.Definitions, instance: DagsterInstance
    ) -> None:
        self.settings = settings
        self.instance = instance
        self.repository = definitions.get_repository_def()

    def sensor(self) -> SensorExecutionData:
        context = dg.build_sensor_context(self.instance, repository_def=self.repository)
        return landing_sensor(self.settings).evaluate_tick(context)

    def schedule(self) -> ScheduleExecutionData:
        context = dg.build_schedule_context(
            self.instance,
            scheduled_execution_time=FOUR_AT_NIGHT,
            repository_def=self.repository,
        )
        return self.nightly().evaluate_tick(context)

    def nightly(self) -> dg.ScheduleDefinition:
        partitions = wave_partitions(Codebook(self.settings.codebook))
        return nightly_refresh(self.settings, partitions)


@pytest.fixture
def ticks(settings: Settings, definitions: dg.Definitions, instance: DagsterInstance) -> Ticks:
    return Ticks(settings, definitions, instance)


def deliver(
    settings: Settings, name: str, text: str = "nr;rol\n1;LG\n", *, age: float = 3600
) -> Path:
    """A file in the landing folder that was written `age` seconds ago."""
    path = settings.landing / name
    path.write_text(text, encoding="utf-8")
    written = time.time() - age
    os.utime(path, (written, written))
    return path


def list_as_loaded(settings: Settings, *waves: str) -> None:
    """A warehouse in which these waves are listed as loaded."""
    with duckdb.connect(settings.warehouse) as connection:
        connection.execute(RAW_SCHEMA)
        for wave in waves:
            connection.execute(
                "insert into raw.deliveries values (?, 1, 'first', 'abc', 'f', 'csv', 1, 't', now())",
                [wave],
            )


def partitions_asked(tick: SensorExecutionData) -> list[str | None]:
    return [request.partition_key for request in tick.run_requests or []]


def ranges_asked(tick: ScheduleExecutionData) -> list[tuple[str, str]]:
    return [
        (request.tags[RANGE_START], request.tags[RANGE_END]) for request in tick.run_requests or []
    ]


# The landing sensor


def test_a_settled_delivery_asks_for_one_run_of_its_wave(ticks: Ticks) -> None:
    deliver(ticks.settings, "vakmanschap_2024.csv")

    tick = ticks.sensor()

    assert partitions_asked(tick) == ["2024"]
    assert tick.skip_message is None


def test_an_empty_landing_folder_asks_for_nothing(ticks: Ticks) -> None:
    assert partitions_asked(ticks.sensor()) == []


def test_a_file_that_just_changed_is_waited_for(ticks: Ticks) -> None:
    path = deliver(ticks.settings, "vakmanschap_2024.csv", age=SETTLED_AFTER_SECONDS / 2)

    tick = ticks.sensor()

    assert partitions_asked(tick) == []
    assert tick.skip_message is not None
    assert path.name in tick.skip_message
    assert path.exists()


def test_a_file_that_still_arrives_holds_up_no_other(ticks: Ticks) -> None:
    deliver(ticks.settings, "vakmanschap_2022.csv")
    deliver(ticks.settings, "vakmanschap_2024.csv", age=0)
    deliver(ticks.settings, "vakmanschap_2026.csv", age=0)

    assert partitions_asked(ticks.sensor()) == ["2022"]


def test_several_files_on_their_way_are_one_reason_to_wait(ticks: Ticks) -> None:
    deliver(ticks.settings, "vakmanschap_2024.csv", age=1)
    deliver(ticks.settings, "vakmanschap_2026.csv", age=0)

    message = ticks.sensor().skip_message or ""

    assert "vakmanschap_2024.csv" in message
    assert "vakmanschap_2026.csv" in message


def test_each_delivery_gets_its_own_run_the_oldest_first(ticks: Ticks) -> None:
    deliver(ticks.settings, "vakmanschap_2026.csv", age=3000)
    deliver(ticks.settings, "vakmanschap_2022.csv", age=2000)
    deliver(ticks.settings, "vakmanschap_2022_correction.csv", age=1000)

    tick = ticks.sensor()

    assert partitions_asked(tick) == ["2026", "2022", "2022"]
    assert len({request.run_key for request in tick.run_requests or []}) == 3


def test_the_same_file_asks_once_and_a_changed_one_again(ticks: Ticks) -> None:
    def asked() -> list[str | None]:
        return [request.run_key for request in ticks.sensor().run_requests or []]

    path = deliver(ticks.settings, "vakmanschap_2024.csv")
    first = asked()
    assert first == asked()

    deliver(ticks.settings, "vakmanschap_2024.csv", "nr;rol\n2;LG\n")
    changed = asked()
    assert changed != first

    # Refused, and sent once more as it was: Dagster runs no key twice.
    written = path.stat().st_mtime_ns
    path.unlink()
    path = deliver(ticks.settings, "vakmanschap_2024.csv", "nr;rol\n2;LG\n")
    os.utime(path, ns=(written, written))
    assert asked() != changed


def test_a_file_that_no_wave_claims_is_refused_with_a_report(ticks: Ticks) -> None:
    path = deliver(ticks.settings, "somebody.csv")
    deliver(ticks.settings, "vakmanschap_2024.csv")

    tick = ticks.sensor()

    assert partitions_asked(tick) == ["2024"]
    (refused,) = ticks.settings.rejected.iterdir()
    assert (refused / path.name).read_text("utf-8") == "nr;rol\n1;LG\n"
    assert "wave" in (refused / "report.txt").read_text("utf-8")
    assert not path.exists()
    assert not ticks.settings.warehouse.exists()


@pytest.mark.parametrize(
    "name", [".vakmanschap_2024.csv", "vakmanschap_2024.csv.part", "~$2024.xlsx"]
)
def test_what_is_no_delivery_is_left_alone(ticks: Ticks, name: str) -> None:
    path = deliver(ticks.settings, name)

    assert partitions_asked(ticks.sensor()) == []
    assert path.exists()
    assert not ticks.settings.rejected.exists()


def test_a_file_that_cannot_be_read_holds_up_no_other(
    ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unable(*_: object) -> None:
        raise DeliveryError("somebody.csv cannot be read.")

    monkeypatch.setattr(sensors, "accept", unable)
    deliver(ticks.settings, "somebody.csv")
    deliver(ticks.settings, "vakmanschap_2024.csv", age=60)

    assert partitions_asked(ticks.sensor()) == ["2024"]


def test_the_sensor_watches_from_the_start(ticks: Ticks) -> None:
    sensor = landing_sensor(ticks.settings)

    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert sensor.job_name == "refresh"


# The nightly schedule


def test_the_night_refreshes_all_loaded_waves_in_one_run(ticks: Ticks) -> None:
    list_as_loaded(ticks.settings, "2022", "2024", "2026")

    assert ranges_asked(ticks.schedule()) == [("2022", "2026")]


def test_the_night_asks_for_no_wave_that_nobody_delivered(ticks: Ticks) -> None:
    list_as_loaded(ticks.settings, "2022", "2026")

    assert ranges_asked(ticks.schedule()) == [("2022", "2022"), ("2026", "2026")]


def test_the_night_takes_along_what_waits_in_the_landing_folder(ticks: Ticks) -> None:
    list_as_loaded(ticks.settings, "2022")
    deliver(ticks.settings, "vakmanschap_2024.csv")

    assert ranges_asked(ticks.schedule()) == [("2022", "2024")]


def test_a_night_without_a_wave_is_skipped_and_says_why(ticks: Ticks) -> None:
    deliver(ticks.settings, "somebody.csv")

    tick = ticks.schedule()

    assert ranges_asked(tick) == []
    assert tick.skip_message == "No wave is loaded yet: put a delivery into the landing folder."


def test_the_schedule_runs_every_night_at_four_in_the_netherlands(ticks: Ticks) -> None:
    schedule = ticks.nightly()

    assert schedule.cron_schedule == "0 4 * * *"
    assert schedule.execution_timezone == "Europe/Amsterdam"
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule.job_name == "refresh"
