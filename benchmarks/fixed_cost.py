"""What is paid whatever the data: starting, importing, and a refresh of the sample beside dbt alone.

What belongs here: commands and their clocks. What does not: what grows with respondents or waves.

A changed wave is the wave of 2024 simulated with another seed: every answer differs. It is loaded before bare
`dbt build` is timed, on a copy of the home, and delivered to `vakwerk run` on another.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from benchmarks.homes import (
    PROGRAM,
    dbt,
    dbt_command,
    environment_of,
    load_alone,
    sample,
    settings_of,
    simulated,
)  # fmt: skip
from benchmarks.measuring import Reading, Way, free_port, in_turns, timed, timed_command
from benchmarks.parts import Part, Row
from orchestration.preparation import workspace_file
from orchestration.settings import PROJECT

WAVE = "2024"
HELP, UNCHANGED, CHANGED, BARE = "help", "nothing changed", "one wave changed", "bare dbt build"
DAGSTER, DEFINITIONS, CHECKS = "import dagster", "import definitions", "import checks"
LISTED, FIRST_PAGE = "list definitions", "first page"

IMPORTS = {
    DAGSTER: "import dagster, dagster_dbt",
    DEFINITIONS: "import dagster, dagster_dbt, orchestration.definitions",
    CHECKS: "import great_expectations",
}


def measure(folder: Path, *, is_trial: bool) -> Part:
    """Readings of every command, and the figures of the goals."""
    home = sample(folder)
    environment = settings_of(home).environment
    starts: dict[str, Way] = {
        HELP: partial(timed_command, [PROGRAM, "--help"], environment),
        UNCHANGED: partial(
            timed_command, [PROGRAM, "run", PROJECT / "seeds" / "waves"], environment
        ),
        **{
            name: partial(timed_command, [sys.executable, "-c", code], environment)
            for name, code in IMPORTS.items()
        },
        LISTED: partial(
            timed_command, [PROGRAM.with_name("dg"), "list", "defs", "--json"], environment, PROJECT
        ),
        FIRST_PAGE: partial(first_page, home),
    }
    found = in_turns(starts, 1 if is_trial else 5)
    refreshes = {CHANGED: partial(changed, folder, home), BARE: partial(bare, folder, home)}
    found |= in_turns(refreshes, 1 if is_trial else 3, warm_up=0)
    readings = [
        # The seconds of the server that gives the page are its own.
        Row("command", name, name, reading.wall)
        if name == FIRST_PAGE
        else Row.of("command", name, name, reading)
        for name, reading in found.items()
    ]
    return Part(readings, _figures(found))


def changed(folder: Path, sample_home: Path) -> Reading:
    """`vakwerk run` of a changed wave."""
    home, file = _home_and_file(folder, sample_home)
    return timed_command([PROGRAM, "run", file], environment_of(home))


def bare(folder: Path, sample_home: Path) -> Reading:
    """dbt alone on the same change: models, seeds and data tests."""
    home, file = _home_and_file(folder, sample_home)
    load_alone(home, file, WAVE)
    settings = settings_of(home)
    command = dbt_command(settings, "build", "--exclude-resource-type", "unit_test")
    return timed_command(command, settings.environment)


def first_page(home: Path) -> Reading:
    """From the start of Dagster's pages to the first page and the first answer about the assets."""
    settings, port = settings_of(home), free_port()
    command: list[str | Path] = [
        "--workspace",
        workspace_file(settings),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    with subprocess.Popen(
        [PROGRAM.with_name("dagster-webserver"), *command],
        env=os.environ | settings.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            return timed(partial(_until_answered, f"http://127.0.0.1:{port}"))
        finally:
            server.terminate()


def _until_answered(address: str, patience: float = 120) -> None:
    end = time.monotonic() + patience
    query = json.dumps({"query": "{ assetNodes { id } }"}).encode()
    asked = Request(f"{address}/graphql", query, {"Content-Type": "application/json"})
    while True:
        try:
            with urlopen(address) as page, urlopen(asked) as answer:
                if page.status == 200 and json.load(answer)["data"]["assetNodes"]:
                    return
        except URLError:
            pass
        if time.monotonic() > end:
            raise SystemExit(f"Dagster's pages did not answer within {patience:.0f} seconds.")
        time.sleep(0.05)


def _home_and_file(folder: Path, sample_home: Path) -> tuple[Path, Path]:
    """A fresh copy of the home, and the changed wave."""
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(sample_home, home, symlinks=True)
    # At another place dbt parses everything anew, once.
    dbt(settings_of(home), "parse")
    file = folder / f"wave_{WAVE}.csv"
    return home, file if file.exists() else simulated(folder, WAVE, 3_700, "csv", seed=7)


def _figures(found: Mapping[str, Reading]) -> dict[str, float]:
    without_checks = found[CHANGED].wall - found[CHECKS].wall
    return {
        "help_seconds": found[HELP].wall,
        "unchanged_seconds": found[UNCHANGED].wall,
        "unchanged_to_bare": found[UNCHANGED].wall / found[BARE].wall,
        "changed_to_bare": without_checks / found[BARE].wall,
        "definitions_cpu_seconds": found[DEFINITIONS].cpu - found[DAGSTER].cpu,
        "list_definitions_seconds": found[LISTED].wall,
        "first_page_seconds": found[FIRST_PAGE].wall,
    }
