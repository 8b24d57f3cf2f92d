"""A load that is killed: the next run leaves everything as if nothing had happened.

A correction of a loaded wave is taken in from the landing folder by a process of its own, which is killed
at moments spread over its whole work.
"""

from __future__ import annotations

import multiprocessing
import random
import shutil
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from orchestration.deliveries.door import accept
from orchestration.deliveries.landing import pending
from orchestration.deliveries.ledger import LISTS, ledger_file
from orchestration.deliveries.loading import load
from orchestration.settings import Settings
from tests.builders import good_table, settings_for, write_delivery
from tests.standing import files, tables

ROWS = 40_000
MOMENTS = 20
WAVE = "2022"

# A process that has the code in memory already, so that a child of it is at work at once.
context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Standing:
    """What a home holds: its tables and those of the ledger but for the time of loading, and its
    other files.
    """

    tables: Mapping[str, str]
    ledger: Mapping[str, str]
    files: Mapping[str, str]

    @classmethod
    def of(cls, settings: Settings) -> Standing:
        """What the home of these settings holds now."""
        found = dict(files(settings))
        del found["warehouse.duckdb"]
        # What a killed process had committed may still stand in the log, which belongs to the database.
        found.pop("warehouse.duckdb.wal", None)
        del found["archive/revisions.duckdb"]
        ledger = tables(ledger_file(settings), but=("loaded_at",))
        return cls(tables(settings.warehouse, but=("loaded_at",)), ledger, found)


@dataclass(frozen=True)
class Correction:
    """A home where a correction waits in the landing folder, what it holds before and after it is
    loaded, and how many seconds that takes.
    """

    settings: Settings
    before: Standing
    after: Standing
    seconds: float

    def again(self, folder: Path) -> Settings:
        """A copy of the home as it is before."""
        return at(self.settings, shutil.copytree(self.settings.home, folder))


def at(settings: Settings, home: Path) -> Settings:
    """The settings with another home."""
    return replace(settings, home=home, key_file=home / "secrets" / "respondent.key")


def take_in(settings: Settings) -> None:
    """What a run does with the landing folder and the wave."""
    for delivery in pending(settings):
        accept(delivery.path, settings, WAVE)
    load(settings, WAVE)


def started(settings: Settings) -> ForkServerProcess:
    """A process that takes in what waits."""
    process = context.Process(target=take_in, args=(settings,))
    process.start()
    return process


@pytest.fixture(scope="module")
def correction(tmp_path_factory: pytest.TempPathFactory) -> Correction:
    """A large wave that is loaded, and a correction of it that is not."""
    folder = tmp_path_factory.mktemp("killed")
    settings = settings_for(folder)
    table = good_table(ROWS)
    accept(write_delivery(folder / "first_2022.csv", table), settings)
    load(settings, WAVE)
    table["v1"][:3] = ["2", "3", "1"]
    settings.landing.mkdir()
    write_delivery(settings.landing / "corrected_2022.csv", table)
    undisturbed = at(settings, shutil.copytree(settings.home, folder / "undisturbed"))
    started(undisturbed).join()
    undisturbed = at(settings, shutil.copytree(settings.home, folder / "again"))
    begin = time.monotonic()
    process = started(undisturbed)
    process.join()
    seconds = time.monotonic() - begin
    assert process.exitcode == 0
    return Correction(settings, Standing.of(settings), Standing.of(undisturbed), seconds)


def test_a_correction_is_told_from_what_it_corrects(correction: Correction) -> None:
    assert correction.before.tables["raw.wave_2022"] != correction.after.tables["raw.wave_2022"]
    assert correction.before.files != correction.after.files
    assert not any(place.startswith("landing/") for place in correction.after.files)


def test_the_ledger_has_the_lists_of_the_warehouse(correction: Correction) -> None:
    for standing in (correction.before, correction.after):
        for name in LISTS:
            assert standing.ledger[f"raw.{name}"] == standing.tables[f"raw.{name}"]
    assert correction.before.ledger != correction.after.ledger


def test_after_a_killed_load_the_next_run_leaves_no_trace_of_it(
    correction: Correction, tmp_path: Path
) -> None:
    chance = random.Random(MOMENTS)
    killed = 0
    for part in range(MOMENTS):
        moment = (part + chance.random()) / MOMENTS * correction.seconds
        settings = correction.again(tmp_path / f"killed_after_{moment:.3f}_seconds")
        process = started(settings)
        process.join(moment)
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        standing = tables(settings.warehouse, but=("loaded_at",))
        assert standing in (correction.before.tables, correction.after.tables), settings.home
        take_in(settings)
        assert Standing.of(settings) == correction.after, settings.home
        shutil.rmtree(settings.home)
    assert killed >= MOMENTS // 2
