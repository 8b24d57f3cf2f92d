"""When a run is asked for: each delivery once, when it is whole, and every night for all waves."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import duckdb
import pytest
from dagster import DagsterInstance
from dagster._core.definitions.schedule_definition import ScheduleExecutionData
from dagster._core.definitions.sensor_definition import SensorExecutionData
from dagster._core.test_utils import create_run_for_test

from orchestration import sensors
from orchestration.assets import REJECTED
from orchestration.codebook import Codebook
from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.schema import RAW_SCHEMA
from orchestration.jobs import DELIVERY_TAG
from orchestration.notices import Notice
from orchestration.partitions import wave_partitions
from orchestration.schedules import nightly_refresh
from orchestration.sensors import failure_sensor, landing_sensor
from orchestration.settings import Settings
from orchestration.settling import due

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
FOUR_AT_NIGHT = datetime(2026, 7, 1, 4, tzinfo=AMSTERDAM)

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


@pytest.fixture
def settings(prepared: Settings, tmp_path: Path) -> Settings:
    """The study's survey, with an empty landing folder and no warehouse."""
    home = tmp_path / "home"
    (home / "landing").mkdir(parents=True)
    return replace(prepared, home=home, key_file=home / "key", settled_seconds=0)


@pytest.fixture
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
        self.cursor: str | None = None

    def sensor(self) -> SensorExecutionData:
        """One tick of the landing sensor, which remembers the ones before."""
        context = dg.build_sensor_context(
            self.instance, cursor=self.cursor, repository_def=self.repository
        )
        tick = landing_sensor(self.settings).evaluate_tick(context)
        self.cursor = tick.cursor
        return tick

    def second(self) -> SensorExecutionData:
        """The second of two ticks, by which a file that does not change has been seen twice."""
        self.sensor()
        return self.sensor()

    def run(self, status: dg.DagsterRunStatus) -> dg.DagsterRun:
        """A run of the refresh in Dagster's history."""
        run: dg.DagsterRun = create_run_for_test(self.instance, "refresh", status=status)
        return run

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

    tick = ticks.second()

    assert partitions_asked(tick) == ["2024"]
    assert [request.tags[DELIVERY_TAG] for request in tick.run_requests or []] == [
        "vakmanschap_2024.csv"
    ]
    assert tick.skip_message is None


def test_an_empty_landing_folder_asks_for_nothing(ticks: Ticks) -> None:
    assert partitions_asked(ticks.second()) == []


def test_a_file_is_looked_at_twice_before_it_is_taken(ticks: Ticks) -> None:
    """Its time of writing says nothing: a copy program may set an old one while the file grows."""
    path = deliver(ticks.settings, "vakmanschap_2024.csv")
    written = path.stat().st_mtime_ns

    def grow() -> None:
        path.write_text(path.read_text("utf-8") + "2;LG\n", "utf-8")
        os.utime(path, ns=(written, written))

    assert partitions_asked(ticks.sensor()) == []
    for _ in range(3):
        grow()
        tick = ticks.sensor()
        assert partitions_asked(tick) == []
        assert path.name in (tick.skip_message or "")
    assert partitions_asked(ticks.sensor()) == ["2024"]
    assert path.exists()


def test_a_file_that_just_changed_is_waited_for(ticks: Ticks) -> None:
    ticks.settings = replace(ticks.settings, settled_seconds=1)
    path = deliver(ticks.settings, "vakmanschap_2024.csv")

    tick = ticks.second()
    assert partitions_asked(tick) == []
    assert path.name in (tick.skip_message or "")

    time.sleep(1.1)
    assert partitions_asked(ticks.sensor()) == ["2024"]


def test_a_file_that_still_arrives_holds_up_no_other(ticks: Ticks) -> None:
    deliver(ticks.settings, "vakmanschap_2022.csv")
    ticks.sensor()
    deliver(ticks.settings, "vakmanschap_2024.csv")

    assert partitions_asked(ticks.sensor()) == ["2022"]


def test_several_files_on_their_way_are_all_named_as_the_reason_to_wait(ticks: Ticks) -> None:
    deliver(ticks.settings, "vakmanschap_2024.csv")
    deliver(ticks.settings, "vakmanschap_2026.csv")

    message = ticks.sensor().skip_message or ""

    assert "vakmanschap_2024.csv" in message
    assert "vakmanschap_2026.csv" in message


def test_a_delivery_that_its_manifest_calls_incomplete_waits_and_says_for_what(
    ticks: Ticks,
) -> None:
    path = deliver(ticks.settings, "vakmanschap_2024.csv", "nr;rol\n", age=60)
    manifest = "wave: '2024'\nfiles: [{name: vakmanschap_2024.csv, sha256: '%s'}]\n"
    whole = "nr;rol\n1;LG\n"
    deliver(ticks.settings, "delivery.yml", manifest % sha256(whole.encode()).hexdigest(), age=0)

    tick = ticks.second()
    assert partitions_asked(tick) == []
    assert path.name in (tick.skip_message or "")

    deliver(ticks.settings, "vakmanschap_2024.csv", whole)
    assert partitions_asked(ticks.second()) == ["2024"]


def test_waves_are_asked_for_in_the_order_in_which_they_came(ticks: Ticks) -> None:
    deliver(ticks.settings, "vakmanschap_2026.csv", age=3000)
    deliver(ticks.settings, "vakmanschap_2022.csv", age=2000)

    tick = ticks.second()

    assert partitions_asked(tick) == ["2026", "2022"]
    assert len({request.run_key for request in tick.run_requests or []}) == 2


def test_a_correction_waits_until_what_it_corrects_is_loaded(ticks: Ticks) -> None:
    """Both become revisions: the second would supersede the first if it were taken in with it."""
    first = deliver(ticks.settings, "vakmanschap_2022.csv", age=2000)
    second = deliver(ticks.settings, "vakmanschap_2022_correction.csv", age=1000)

    def places() -> list[str]:
        return [request.tags[DELIVERY_TAG] for request in ticks.second().run_requests or []]

    assert places() == [first.name]
    first.unlink()  # as loading does
    assert places() == [second.name]


def test_the_same_file_asks_once_and_a_changed_one_again(ticks: Ticks) -> None:
    def asked() -> list[str | None]:
        return [request.run_key for request in ticks.second().run_requests or []]

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


def test_a_file_that_no_wave_claims_is_refused_and_shown_and_told(
    ticks: Ticks, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Notice] = []
    monkeypatch.setattr(sensors, "send", lambda _, notice: told.append(notice))
    path = deliver(ticks.settings, "somebody.csv")
    deliver(ticks.settings, "vakmanschap_2024.csv")

    tick = ticks.second()

    assert partitions_asked(tick) == ["2024"]
    (refused,) = ticks.settings.rejected.iterdir()
    assert (refused / path.name).read_text("utf-8") == "nr;rol\n1;LG\n"
    assert not path.exists()
    assert not ticks.settings.warehouse.exists()
    assert [notice.subject for notice in told] == ["Delivery refused: somebody.csv"]
    (shown,) = tick.asset_events
    assert shown.asset_key == REJECTED
    assert shown.metadata["file"].value == "somebody.csv"
    assert shown.metadata["wave"].value == "unknown"
    assert "unknown_wave" in str(shown.metadata["problems"].value)
    assert Path(str(shown.metadata["report"].value)).parent == refused
    assert "LG" not in repr(shown)

    again = ticks.second()
    assert again.asset_events == []
    assert len(told) == 1


@pytest.mark.parametrize(
    "name", [".vakmanschap_2024.csv", "vakmanschap_2024.csv.part", "~$2024.xlsx"]
)
def test_what_is_no_delivery_is_left_alone(ticks: Ticks, name: str) -> None:
    path = deliver(ticks.settings, name)

    assert partitions_asked(ticks.second()) == []
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

    assert partitions_asked(ticks.second()) == ["2024"]


def test_the_sensors_watch_from_the_start(ticks: Ticks) -> None:
    landing, failed = landing_sensor(ticks.settings), failure_sensor(ticks.settings)

    assert landing.default_status is dg.DefaultSensorStatus.RUNNING
    assert failed.default_status is dg.DefaultSensorStatus.RUNNING
    assert landing.job_name == "refresh"


# What a run takes in


def test_a_run_takes_in_the_delivery_that_it_was_asked_for_and_no_other(ticks: Ticks) -> None:
    for age, name in enumerate(("vakmanschap_2022_b.csv", "vakmanschap_2022_a.csv"), 10):
        deliver(ticks.settings, name, age=age)
    deliver(ticks.settings, "vakmanschap_2024.csv")

    def taken(place: str | None, *waves: str) -> list[str]:
        return [delivery.path.name for delivery in due(ticks.settings, place, waves)]

    assert taken("vakmanschap_2022_b.csv", "2022") == ["vakmanschap_2022_b.csv"]
    assert taken("vakmanschap_2024.csv", "2022") == []
    assert taken("gone_2022.csv", "2022") == []
    assert taken("", "2022", "2024") == []
    # The night, and whoever starts a run by hand, name none: each wave's oldest.
    assert taken(None, "2022") == ["vakmanschap_2022_a.csv"]
    assert taken(None, "2022", "2024") == ["vakmanschap_2024.csv", "vakmanschap_2022_a.csv"]


def test_a_run_that_names_no_delivery_takes_none_that_still_arrives(ticks: Ticks) -> None:
    deliver(ticks.settings, "vakmanschap_2024.csv")

    assert list(due(replace(ticks.settings, settled_seconds=60), None, ["2024"])) == []


# What a run left undone


def test_what_is_loaded_and_not_published_asks_for_one_run(ticks: Ticks) -> None:
    list_as_loaded(ticks.settings, "2022", "2024")

    (request,) = ticks.sensor().run_requests or []
    (again,) = ticks.sensor().run_requests or []

    assert (request.tags[RANGE_START], request.tags[RANGE_END]) == ("2022", "2024")
    assert request.tags[DELIVERY_TAG] == ""
    assert again.run_key == request.run_key


def test_nothing_is_asked_for_while_a_run_is_under_way_or_will_be_tried_again(
    ticks: Ticks,
) -> None:
    list_as_loaded(ticks.settings, "2022")
    run = ticks.run(dg.DagsterRunStatus.STARTED)
    assert ticks.sensor().run_requests == []

    ticks.instance.report_run_failed(run)
    assert ticks.sensor().run_requests == [], "Dagster has not said yet whether it tries again"


def test_a_run_that_failed_of_itself_is_asked_for_again_when_something_changed(
    ticks: Ticks,
) -> None:
    list_as_loaded(ticks.settings, "2022")
    run = ticks.run(dg.DagsterRunStatus.STARTED)
    ticks.instance.report_run_failed(run)
    ticks.instance.add_run_tags(run.run_id, {"dagster/will_retry": "false"})
    assert [ticks.sensor().run_requests for _ in range(3)] == [[], [], []]

    list_as_loaded(ticks.settings, "2024")
    (request,) = ticks.sensor().run_requests or []
    assert (request.tags[RANGE_START], request.tags[RANGE_END]) == ("2022", "2024")


def test_the_run_of_a_command_that_died_is_asked_for_again(ticks: Ticks) -> None:
    """Dagster tries again only what it launched itself."""
    list_as_loaded(ticks.settings, "2022")
    run = ticks.run(dg.DagsterRunStatus.STARTED)
    ticks.instance.report_run_failed(run)
    ticks.instance.add_run_tags(run.run_id, {"dagster/will_retry": "true"})

    assert len(ticks.sensor().run_requests or []) == 1


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


def test_the_night_leaves_alone_what_still_arrives(ticks: Ticks) -> None:
    ticks.settings = replace(ticks.settings, settled_seconds=60)
    list_as_loaded(ticks.settings, "2022")
    deliver(ticks.settings, "vakmanschap_2024.csv")

    assert ranges_asked(ticks.schedule()) == [("2022", "2022")]


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
