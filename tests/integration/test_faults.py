"""Faults: whatever strikes, readers find a whole set, the next run finishes, and a message says what to do.

What belongs here: each fault on each work, a few times. What does not: how faults are made
(`tests.faults`), the table of many trials (`benchmarks/faults.py`), and whole runs that die
(`acceptance/test_daemon`).
"""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.deliveries.door import accept
from orchestration.deliveries.loading import load
from orchestration.deliveries.rewriting import rewritten
from orchestration.machine import REBUILD, RIGHT, ROOM, SMALLER, remedy
from orchestration.turns import TURN, turn_resource
from tests.builders import good_table, settings_for, write_delivery
from tests.faults import trials
from tests.faults.wholeness import unlike_its_manifest
from tests.faults.works import (
    WAVE,
    Work,
    archived_first,
    loading,
    publishing,
    restoring,
)
from tests.standing import tables

SEED = 20


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Work]:
    """Both works that faults are tried on, each with what it leaves undisturbed."""
    made = (make(tmp_path_factory.mktemp(make.__name__)) for make in (loading, publishing))
    return {work.name: work for work in made}


@pytest.fixture(params=["loading", "publishing"])
def work(request: pytest.FixtureRequest, works: dict[str, Work]) -> Work:
    return works[request.param]


def test_what_is_done_is_told_from_what_is_to_be_done(work: Work) -> None:
    assert work.before != work.after
    assert work.is_whole(work.home)
    assert not work.is_done(work.home)


@pytest.mark.parametrize("loss", ["a Parquet file", "a table", "the manifest of another build"])
def test_a_set_that_is_not_whole_is_seen(works: dict[str, Work], tmp_path: Path, loss: str) -> None:
    published = works["publishing"].again(tmp_path / "home").published
    match loss:
        case "a Parquet file":
            file = published / "parquet" / "item_results.parquet"
            file.chmod(0o644)
            file.write_bytes(file.read_bytes()[:-9])
        case "a table":
            (published / "marts.duckdb").chmod(0o644)
            with duckdb.connect(published.resolve() / "marts.duckdb") as connection:
                connection.execute("delete from marts.item_results where item_id = 'V7'")
        case _:
            manifest = published / "manifest.json"
            manifest.chmod(0o644)
            manifest.write_text(re.sub(r'"build_id": "2', '"build_id": "3', manifest.read_text()))

    assert len(unlike_its_manifest(published)) == 1


@pytest.mark.slow
def test_after_kill_9_the_next_run_leaves_no_trace_of_it(work: Work, tmp_path: Path) -> None:
    tried = trials.killed(work, tmp_path, 8, SEED)

    assert tried.held, tried
    assert tried.struck, "it is killed under way"


@pytest.mark.slow
def test_a_full_disk_is_never_told_a_success_nor_blamed_on_the_file(
    work: Work, tmp_path: Path
) -> None:
    tried = trials.full_disk(work, tmp_path, 7)

    assert tried.held, tried
    assert 2 <= tried.struck < tried.times, tried
    assert {remedy(told) for told in tried.told} <= {ROOM, SMALLER}, tried.told


def test_a_disk_that_may_only_be_read_says_so(work: Work, tmp_path: Path) -> None:
    tried = trials.read_only(work, tmp_path)

    assert tried.held, tried
    assert [remedy(told) for told in tried.told] in ([RIGHT], [SMALLER]), tried.told


def test_a_warehouse_that_another_writer_holds_is_waited_for(work: Work, tmp_path: Path) -> None:
    tried = trials.held_by_another(work, tmp_path)

    assert tried.held, tried
    (told,) = tried.told
    assert re.search(r"in use by process \d+: wait until it is done", told)


def test_a_damaged_warehouse_is_named_with_the_way_to_make_it_again(
    work: Work, tmp_path: Path
) -> None:
    tried = trials.damaged(work, tmp_path, "warehouse", lambda at: at.warehouse, 3, SEED)

    assert tried.held, tried
    assert tried.struck == tried.times
    for told in tried.told:
        assert re.match(r"WarehouseDamaged: \S+/warehouse\.duckdb is damaged \(", told)
        assert told.endswith(REBUILD)


def test_two_at_once_do_the_work_once(work: Work, tmp_path: Path) -> None:
    tried = trials.two_at_once(work, tmp_path, 1)

    assert tried.held, tried
    assert tried.told == []


def test_a_clock_that_was_set_back_changes_nothing(work: Work, tmp_path: Path) -> None:
    assert trials.clock_set_back(work, tmp_path, 1).held


def test_a_reader_may_keep_the_file_open_for_the_whole_of_the_work(
    work: Work, tmp_path: Path
) -> None:
    tried = trials.reader_throughout(work, tmp_path, 1)

    assert tried.held, tried
    assert tried.told == []


# The archive


def test_a_damaged_archive_copy_is_not_restored(tmp_path: Path) -> None:
    tried = trials.damaged(restoring(tmp_path), tmp_path, "archive copy", archived_first, 1, SEED)

    assert tried.held, tried
    assert tried.struck == tried.times
    for told in tried.told:
        assert "the file of revision 1 of wave 2022, is damaged: put it back from a backup" in told


@pytest.mark.parametrize("fault", ["damaged", "gone"])
def test_the_same_file_delivered_again_mends_its_archive_copy(tmp_path: Path, fault: str) -> None:
    settings = settings_for(tmp_path)
    file = write_delivery(tmp_path / "wave_2022.csv", good_table())
    accept(file, settings)
    place = settings.archive / WAVE / f"{load(settings, WAVE).wave.sha256}.csv"
    if fault == "damaged":
        place.write_bytes(b"x" + place.read_bytes()[1:])
    else:
        place.unlink()
    before = tables(settings.warehouse)

    assert accept(file, settings).database is None

    assert place.read_bytes() == file.read_bytes()
    assert place.stat().st_mode & 0o777 == 0o600
    assert tables(settings.warehouse) == before


# Full disks elsewhere


def test_a_database_that_is_written_anew_on_a_full_disk_stays_as_it_was(tmp_path: Path) -> None:
    """After an erasure: the copy that is not on the disk may not take the place of the warehouse."""
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(database) as connection:
        connection.execute("create table kept as select range as a from range(10)")
    before = tables(database)
    # None at all; for the log of the copy, but not for a block of it; for everything.
    for limit in (0, 100_000, 1_000_000):
        rewrites = subprocess.run(
            [sys.executable, "-c", REWRITES, str(database), str(limit)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert tables(database) == before, limit
        assert rewrites.returncode in (0, 1)
        if rewrites.returncode:
            assert remedy(rewrites.stderr) == SMALLER
    rewritten(database)
    assert tables(database) == before


REWRITES = """
import resource, sys
from pathlib import Path
from orchestration.deliveries.rewriting import rewritten
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
rewritten(Path(sys.argv[1]))
"""


def test_the_command_line_tells_a_fault_of_the_machine_without_a_trace(
    works: dict[str, Work], tmp_path: Path
) -> None:
    work = works["loading"]
    settings = work.again(tmp_path / "home")
    code = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); from orchestration.cli import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", code, "run"],
        env=os.environ | settings.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert SMALLER in told.stderr
    assert "Traceback" not in told.stderr
    assert work.standing(settings) == work.before


# Turns


def test_a_run_waits_until_another_refresh_of_its_home_is_done(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    order: list[str] = []

    @dg.asset(required_resource_keys={TURN})
    def work() -> None:
        order.append("works")

    settings.dagster_home.mkdir(parents=True)
    held = (settings.dagster_home / "refresh.lock").open("w")
    fcntl.flock(held, fcntl.LOCK_EX)

    def end_the_other() -> None:
        order.append("the other is done")
        held.close()

    threading.Timer(0.5, end_the_other).start()
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [work], resources={TURN: turn_resource(settings)}, instance=instance
        )

    assert result.success
    assert order == ["the other is done", "works"]
