"""How often each fault was tried, how often readers then found a whole set, and how often the next run finished.

The faults and what is whole are those of the tests (`tests/faults`), tried more often. `--whole-runs` also
kills whole runs of `vakwerk run`, each with all that it started, at random moments.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandas import DataFrame

    from tests.acceptance.conftest import Warehouse
    from tests.faults import trials

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Try the faults, and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--times", type=int, default=20, help="trials of each fault that has moments"
    )
    parser.add_argument("--whole-runs", type=int, default=0, help="whole runs to kill")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print("| fault | on | tried | struck | published set whole | next run finished |")
    print("| --- | --- | --- | --- | --- | --- |")
    with TemporaryDirectory(prefix="vakwerk_faults_") as folder:
        for row in rows(Path(folder), given.times, given.whole_runs, given.seed):
            print(f"| {row} |", flush=True)


def rows(folder: Path, times: int, whole_runs: int, seed: int) -> Iterator[str]:
    """The rows of the table, each as soon as its fault was tried."""
    from tests.faults import trials
    from tests.faults.reading import by_duckdb, read_while_publishing
    from tests.faults.works import archived_first, loading, publishing, restoring

    def row(tried: trials.Tried) -> str:
        cells = (tried.times, tried.struck, tried.whole, tried.finished)
        return " | ".join((tried.fault, tried.work, *map(str, cells)))

    for make in (publishing, loading):
        work = make(_new(folder / make.__name__))
        room = iter(_new(folder / f"{work.name}_{number}") for number in range(10))
        yield row(trials.killed(work, next(room), times, seed))
        yield row(trials.full_disk(work, next(room), times))
        yield row(trials.read_only(work, next(room)))
        yield row(trials.held_by_another(work, next(room)))
        yield row(
            trials.damaged(work, next(room), "warehouse", lambda at: at.warehouse, times, seed)
        )
        yield row(trials.two_at_once(work, next(room), times))
        yield row(trials.clock_set_back(work, next(room), times))
        yield row(trials.reader_throughout(work, next(room), times))
    work = restoring(_new(folder / "restoring"))
    yield row(trials.damaged(work, folder, "archive copy", archived_first, times, seed))
    if whole_runs:
        yield row(killed_runs(_new(folder / "whole_runs"), whole_runs, seed))
    heard = read_while_publishing(
        _new(folder / "reading"), readers=[by_duckdb] * 20, publications=10
    )
    print(
        f"\n20 readers, 10 publications: {sum(heard.answers.values()):,} answers of {heard.builds} "
        f"builds, {heard.mixed} of no build or of two, {len(heard.errors)} errors."
    )


def killed_runs(folder: Path, times: int, seed: int) -> trials.Tried:
    """`vakwerk run` with a correction, killed with its children at random moments of its whole work."""
    from tests.acceptance.conftest import VAKWERK, Warehouse
    from tests.acceptance.small_waves import corrected_with_person, next_wave, with_person
    from tests.builders import write_delivery, write_survey
    from tests.faults.trials import Tried
    from tests.faults.wholeness import unlike_its_manifest

    loaded = Warehouse(folder / "home", write_survey(folder / "survey"))
    loaded.run(
        write_delivery(folder / "files" / "wave_2022.xlsx", with_person(58)),
        write_delivery(folder / "files" / "wave_2024.csv", next_wave()),
    )
    correction = write_delivery(folder / "files" / "corrected_2022.csv", corrected_with_person())
    undisturbed = loaded.copy(folder / "undisturbed")
    begin = time.monotonic()
    undisturbed.run(correction)
    seconds = time.monotonic() - begin
    before, after = published(loaded), published(undisturbed)
    tried = Tried("kill -9", "a whole run")
    chance = random.Random(seed)
    for number in range(times):
        warehouse = loaded.copy(folder / f"killed_{number}")
        moment = chance.uniform(0, seconds)
        environment = os.environ | {
            "VAKWERK_HOME": str(warehouse.home),
            "VAKWERK_SURVEY": str(warehouse.survey),
        }
        with subprocess.Popen(
            [VAKWERK, "run", correction],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as run:
            try:
                run.wait(moment)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)
        tried.times += 1
        tried.struck += run.returncode == -signal.SIGKILL
        is_whole = not unlike_its_manifest(warehouse.home / "published")
        shown = published(warehouse)
        tried.whole += is_whole and (same(shown, before) or same(shown, after))
        again = warehouse.vakwerk("run", correction)
        tried.finished += not again.returncode and same(published(warehouse), after)
        print(f"killed after {moment:.1f} of {seconds:.1f} s", file=sys.stderr, flush=True)
    return tried


def published(warehouse: Warehouse) -> Mapping[str, DataFrame]:
    """Every published table with its rows in order, but for when and by which build they came."""
    tables = warehouse.marts(but={"publication"}, but_columns={})
    return {name: rows.drop(columns="loaded_at", errors="ignore") for name, rows in tables.items()}


def same(some: Mapping[str, DataFrame], others: Mapping[str, DataFrame]) -> bool:
    """Whether the tables have the same rows: sums of fractions differ in their last digits."""
    from pandas.testing import assert_frame_equal

    try:
        for name in {*some, *others}:
            assert_frame_equal(some[name], others[name], rtol=1e-9, atol=1e-12)
    except (AssertionError, KeyError):
        return False
    return True


def _new(folder: Path) -> Path:
    folder.mkdir()
    return folder


if __name__ == "__main__":
    # The tests are no part of the package, which is all that is installed.
    sys.path.insert(0, str(ROOT))
    main()
