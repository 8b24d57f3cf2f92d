"""What is said of the time left: by how long each step took last time, and told in plain lines."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from orchestration.commands import progress
from orchestration.commands.progress import Pace, Steps, seconds_left
from orchestration.settings import Settings

LAST = {"loading": Pace(10, 0), "building": Pace(60, 200), "publishing": Pace(5, 0)}


@pytest.mark.parametrize(
    ("step", "now", "left"),
    [
        pytest.param(
            "loading", Pace(4, 0), 6 + 60 + 5, id="a step without parts goes by the clock"
        ),
        pytest.param("building", Pace(90, 100), 30 + 5, id="one with parts by those that are done"),
        pytest.param(
            "loading", Pace(40, 0), 60 + 5, id="one that takes longer leaves no less than 0"
        ),
        pytest.param("building", Pace(10, 300), 5, id="nor one of more parts than last time"),
        pytest.param(
            "mirroring", Pace(1, 0), None, id="of a step that was not there nothing is known"
        ),
    ],
)
def test_the_time_left_is_that_of_the_last_time(step: str, now: Pace, left: float | None) -> None:
    found = seconds_left(LAST, step, now)
    assert found == (None if left is None else pytest.approx(left))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings.from_environment({"VAKWERK_HOME": str(tmp_path)})
    settings.dagster_home.mkdir()
    return settings


def told(monkeypatch: pytest.MonkeyPatch, settings: Settings, *, keeps: bool) -> str:
    """What two steps tell where nobody looks at a terminal."""
    screen = io.StringIO()
    monkeypatch.setattr(progress, "errors", Console(file=screen, width=80))
    with Steps(settings, "run", "beginning") as steps:
        for step in ("loading", "building", "building", "building"):
            steps(step)
        if keeps:
            steps.keep()
    return screen.getvalue()


def test_without_a_terminal_each_step_is_a_line_as_it_begins(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    lines = told(monkeypatch, settings, keeps=False).splitlines()
    assert [line.split("s  ")[1] for line in lines] == ["loading", "building"]


def test_only_a_run_that_ended_well_is_what_the_next_goes_by(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    file = settings.dagster_home / "durations.json"
    told(monkeypatch, settings, keeps=False)
    assert not file.exists()
    told(monkeypatch, settings, keeps=True)
    kept = json.loads(file.read_text(encoding="utf-8"))["run"]
    assert list(kept) == ["loading", "building"]
    assert kept["building"]["parts"] == 2


def test_a_record_that_cannot_be_read_is_no_more_than_no_record(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    file = settings.dagster_home / "durations.json"
    file.write_text('{"run": ["not what we wrote"]}', encoding="utf-8")
    assert "building" in told(monkeypatch, settings, keeps=True)
    assert json.loads(file.read_text(encoding="utf-8"))["run"]["building"]
