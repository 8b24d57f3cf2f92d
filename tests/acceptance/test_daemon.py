"""The services as docs/operations.md starts them: a file dropped in is published, whatever happens.

What belongs here: Dagster's own daemon and web server, started by the lines of the systemd units.
What does not: when exactly the sensors ask for a run, which the integration tests say.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from configparser import ConfigParser
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import dagster as dg
import pytest

from orchestration.assets import REJECTED
from orchestration.jobs import DELIVERY_TAG
from orchestration.settings import PROJECT
from tests.acceptance.conftest import VAKWERK
from tests.builders import good_table, write_delivery, write_survey
from tests.receivers import Post, webhook

pytestmark = pytest.mark.slow

UNITS = PROJECT / "docs" / "systemd"
INSTALLED = "/opt/vakwerk/.venv/bin/vakwerk"
THRESHOLDS = "check_name,threshold,severity,reason"
LONGEST_WAIT = 900.0

PLANTED_ANSWER, PLANTED_RESPONDENT = "zeer geheim antwoord", "respondent-4711"


def unit(name: str) -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(UNITS / f"vakwerk-{name}.service", encoding="utf-8")
    return parser


def example_environment() -> dict[str, str]:
    """What both units read from the environment file, as the example has it."""
    lines = (UNITS / "environment.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass
class Services:
    """Both services on a home of their own, each a process group as systemd would have it."""

    folder: Path
    survey: Path
    webhook: str
    posts: list[Post]
    port: int = field(default_factory=free_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def environment(self) -> dict[str, str]:
        return example_environment() | {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "VAKWERK_HOME": str(self.home),
            "VAKWERK_SURVEY": str(self.survey),
            "VAKWERK_SENSOR_SECONDS": "2",
            "VAKWERK_SETTLED_SECONDS": "1",
            "VAKWERK_WEBHOOK_URL": self.webhook,
        }

    def command(self, line: str) -> list[str]:
        """A line of a unit, with the paths and the port of this test."""
        program, *arguments = shlex.split(line)
        assert program == INSTALLED
        return [str(VAKWERK), *(str(self.port) if word == "3000" else word for word in arguments)]

    def start(self) -> None:
        daemon, web = unit("daemon")["Service"], unit("webserver")["Service"]
        subprocess.run(
            self.command(daemon["ExecStartPre"]), env=self.environment, check=True, cwd=self.folder
        )
        for service in (daemon, web):
            with (self.folder / "services.log").open("ab") as log:
                self.processes.append(
                    subprocess.Popen(
                        self.command(service["ExecStart"]),
                        env=self.environment,
                        cwd=self.folder,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                    )
                )

    def end(self) -> None:
        """Kill both with all that they started, as a power cut would."""
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def drop(self, file: Path) -> None:
        shutil.copy(file, self.home / "landing" / file.name)

    def published(self) -> dict[str, int]:
        """The revisions that readers see, by wave."""
        manifest = self.home / "published" / "manifest.json"
        if not manifest.exists():
            return {}
        waves = json.loads(manifest.read_text(encoding="utf-8"))["waves"]
        return {wave["wave_id"]: wave["revision"] for wave in waves}

    def runs(self, delivery: str) -> list[dg.DagsterRunStatus]:
        """How the runs for a delivery stand, the first one first."""
        with dg.DagsterInstance.from_config(str(self.home / "dagster")) as instance:
            found = instance.get_runs(dg.RunsFilter(tags={DELIVERY_TAG: delivery}))
        return [run.status for run in reversed(list(found))]

    def is_building(self, delivery: str) -> bool:
        """Whether a run for a delivery is at its longest step, with the warehouse open."""
        with dg.DagsterInstance.from_config(str(self.home / "dagster")) as instance:
            return any(
                entry.dagster_event and entry.dagster_event.step_key == "models"
                for run in instance.get_runs(dg.RunsFilter(tags={DELIVERY_TAG: delivery}))
                for entry in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_START)
            )

    def rejected(self) -> list[dg.AssetObservation]:
        """The refused deliveries that Dagster shows."""
        with dg.DagsterInstance.from_config(str(self.home / "dagster")) as instance:
            records = instance.fetch_observations(REJECTED, limit=10).records
        return [record.asset_observation for record in records if record.asset_observation]

    def wait_until(self, happened: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + LONGEST_WAIT
        while not happened():
            if time.monotonic() > deadline:
                log = (self.folder / "services.log").read_text(encoding="utf-8")
                pytest.fail(f"Not in {LONGEST_WAIT:.0f} s: {what}.\n{log[-5000:]}")
            time.sleep(0.5)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("services")
    survey = write_survey(folder / "survey", quality_thresholds=THRESHOLDS)
    with webhook() as (url, posts):
        services = Services(folder, survey, url, posts)
        services.start()
        try:
            yield services
        finally:
            services.end()


def test_both_services_are_the_same_user_with_the_same_environment() -> None:
    for option in ("User", "EnvironmentFile", "ReadWritePaths"):
        assert unit("daemon")["Service"][option] == unit("webserver")["Service"][option]
    example = example_environment()
    assert example["VAKWERK_TARGET"] == "prod"
    assert example["VAKWERK_HOME"].startswith(unit("daemon")["Service"]["ReadWritePaths"])


def test_a_file_that_is_dropped_in_is_published_without_another_touch(services: Services) -> None:
    services.drop(write_delivery(services.folder / "wave_2022.csv", good_table(60)))

    services.wait_until(lambda: services.published() == {"2022": 1}, "wave 2022 is published")

    services.wait_until(
        lambda: services.runs("wave_2022.csv") == [dg.DagsterRunStatus.SUCCESS], "one run, done"
    )
    assert list((services.home / "landing").iterdir()) == []
    services.wait_until(lambda: pages_answer(services.port), "the pages answer")
    # The units let it write nowhere but in its home.
    written = {path.name for path in services.folder.iterdir()}
    assert written == {"home", "survey", "services.log", "wave_2022.csv"}


def test_services_that_are_killed_in_the_middle_publish_after_the_next_start(
    services: Services,
) -> None:
    before = services.published()
    services.drop(write_delivery(services.folder / "wave_2024.csv", good_table(80)))
    services.wait_until(lambda: services.is_building("wave_2024.csv"), "a run builds wave 2024")

    services.end()
    assert services.published() == before
    assert services.runs("wave_2024.csv") == [dg.DagsterRunStatus.STARTED]
    services.start()

    services.wait_until(lambda: services.published().get("2024") == 1, "wave 2024 is published")
    services.wait_until(
        lambda: (
            services.runs("wave_2024.csv")
            == [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS]
        ),
        "the run that died is known for it, and one did its work again",
    )
    assert services.posts == [], "what was done in the end is nobody's worry"


def test_a_bad_file_is_refused_and_shown_and_told_without_an_answer(services: Services) -> None:
    before = services.published()
    table = good_table(60)
    table["v1"][3] = PLANTED_ANSWER
    table["nr"][5] = table["nr"][6] = PLANTED_RESPONDENT
    services.drop(write_delivery(services.folder / "bad_2024.csv", table))

    services.wait_until(lambda: bool(services.rejected()), "Dagster shows the refusal")
    services.wait_until(
        lambda: services.runs("bad_2024.csv") == [dg.DagsterRunStatus.FAILURE], "the run is over"
    )

    (shown,) = services.rejected()
    assert shown.metadata["file"].value == "bad_2024.csv"
    assert shown.metadata["wave"].value == "2024"
    report = Path(str(shown.metadata["report"].value))
    assert PLANTED_ANSWER in report.read_text(encoding="utf-8"), "the report alone quotes"
    # Long enough for a second notice, of the failed run, which would say nothing new.
    time.sleep(6)
    (post,) = services.posts
    assert post["subject"] == "Delivery refused: bad_2024.csv"
    assert "- outside scale (refuse): 1" in post["text"]
    assert "- doubled respondent id (refuse): 2" in post["text"]
    for text in (json.dumps(post), repr(shown)):
        assert PLANTED_ANSWER not in text
        assert PLANTED_RESPONDENT not in text
    assert services.published() == before


def pages_answer(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/server_info", timeout=5) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False
