"""A warehouse that is lost is made again while people read, and no command leaves anything open.

Every command is run with the umask that hides nothing, on a copy of the small survey whose warehouse
was overwritten.
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from orchestration.cli import app
from orchestration.deliveries.ledger import ledger_file
from orchestration.deliveries.rebuilding import rebuild_raw
from orchestration.settings import PROJECT, Settings
from tests.acceptance.conftest import VAKWERK, Warehouse
from tests.acceptance.small_waves import WITHOUT_ROWS, with_person
from tests.builders import write_delivery
from tests.standing import tables

pytestmark = pytest.mark.slow

Process = subprocess.Popen[str]

PRIVATE_UMASK = 0o077
SERVERS = ("ui", "daemon", "web")


@dataclass
class Kept:
    """A home whose commands are run with umask 000, and what came of each."""

    warehouse: Warehouse
    before: Warehouse
    done: dict[str, int] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    open: dict[str, list[str]] = field(default_factory=dict)
    builds_read: set[str] = field(default_factory=set)

    def start(self, name: str, *arguments: str | Path) -> Process:
        """Start a command."""
        # The small survey has nothing to make up waves by.
        survey = PROJECT / "seeds" if name == "simulate" else self.warehouse.survey
        environment = os.environ | {
            "VAKWERK_HOME": str(self.warehouse.home),
            "VAKWERK_SURVEY": str(survey),
        }
        return subprocess.Popen(
            [VAKWERK, name, *arguments],
            env=environment,
            umask=0,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, name: str, *arguments: str | Path, meanwhile: Callable[[], object] = int) -> None:
        """Run a command to its end, and look at what it left; `meanwhile` is called again and again."""
        with self.start(name, *arguments) as process:
            while process.poll() is None and meanwhile is not int:
                meanwhile()
            self.told[name] = process.communicate()[0]
        self.done[name] = process.returncode
        self.open[name] = list(open_to_others(self.warehouse.home))

    def read(self) -> None:
        """Read what is published, as somebody who knows nothing of what goes on."""
        with self.warehouse.published() as connection:
            self.builds_read |= {
                build
                for (build,) in connection.execute(
                    "select build_id from publication, item_results limit 1"
                ).fetchall()
            }
        time.sleep(0.2)


def open_to_others(home: Path) -> Iterator[str]:
    """What others may do in a home and ought not: everything but to pass to what is for readers."""
    if home.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        yield str(home)
    for path in sorted(home.rglob("*")):
        is_published = bool({home / "published", home / "docs"} & {path, *path.parents})
        others = stat.S_IWGRP | stat.S_IWOTH if is_published else stat.S_IRWXG | stat.S_IRWXO
        if not path.is_symlink() and path.stat().st_mode & others:
            yield path.relative_to(home).as_posix()


@pytest.fixture(scope="module")
def kept(small: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """A copy of the small warehouse, lost, and made again."""
    folder = tmp_path_factory.mktemp("kept")
    kept = Kept(small.copy(folder), small)
    home = kept.warehouse.home
    (home / "warehouse.duckdb").write_bytes(b"this is no database" * 1000)
    # As a rebuild leaves it that was killed.
    (home / "rebuilding").mkdir(mode=0o700)
    (home / "rebuilding" / "warehouse.duckdb").write_bytes(b"half a database")
    kept.run("run")
    kept.run("rebuild", meanwhile=kept.read)
    return kept


def test_a_run_that_meets_a_damaged_warehouse_says_what_to_do(kept: Kept) -> None:
    assert kept.done["run"] == 1
    assert "warehouse.duckdb is damaged" in kept.told["run"]
    assert "`vakwerk rebuild` makes the warehouse again" in kept.told["run"]
    assert "Traceback" not in kept.told["run"]


def test_what_is_made_again_is_published_as_it_was(small: Warehouse, kept: Kept) -> None:
    assert kept.done["rebuild"] == 0, kept.told["rebuild"]
    before = small.marts(WITHOUT_ROWS, {"publication": ["build_id", "published_at"]})
    after = kept.warehouse.marts(WITHOUT_ROWS, {"publication": ["build_id", "published_at"]})
    assert before.keys() == after.keys()
    for name in before:
        assert after[name].equals(before[name]), name
    raw = [
        {
            name: checksum
            for name, checksum in tables(each.home / "warehouse.duckdb").items()
            if name.startswith("raw.")
        }
        for each in (kept.warehouse, small)
    ]
    assert raw[0] == raw[1]


def test_readers_had_a_whole_publication_all_the_while(small: Warehouse, kept: Kept) -> None:
    builds = []
    for warehouse in (small, kept.warehouse):
        with warehouse.published() as connection:
            builds += connection.execute("select build_id from publication").fetchall()
    assert {build for (build,) in builds} >= kept.builds_read >= {builds[0][0]}


def test_afterwards_all_is_well_and_nothing_is_left_to_do(kept: Kept) -> None:
    kept.run("doctor")
    assert kept.done["doctor"] == 0, kept.told["doctor"]
    kept.run("run")
    assert (kept.done["run"], kept.told["run"]) == (
        0,
        "Nothing is new: what is published stands.\n",
    )
    assert not (kept.warehouse.home / "rebuilding").exists()


def test_a_home_that_never_had_a_ledger_is_made_again_from_what_is_published(
    small: Warehouse, tmp_path: Path
) -> None:
    home = small.copy(tmp_path).home
    settings = Settings.from_environment(
        {"VAKWERK_HOME": str(home), "VAKWERK_SURVEY": str(small.survey)}
    )
    before = tables(settings.warehouse)
    ledger_file(settings).unlink()
    settings.warehouse.unlink()
    rebuild_raw(settings, lambda _: None)
    after = tables(settings.warehouse)
    assert {name for name in before if name.startswith("raw.")} == after.keys()
    for name in after:
        assert after[name] == before[name], name


def test_a_warehouse_that_is_gone_is_not_taken_for_a_new_one(
    small: Warehouse, tmp_path: Path
) -> None:
    warehouse = small.copy(tmp_path)
    (warehouse.home / "warehouse.duckdb").unlink()
    done = warehouse.vakwerk("run")
    assert done.returncode == 1
    assert "is gone or empty, though waves were loaded: run `vakwerk rebuild`" in done.stderr


def arguments(kept: Kept, folder: Path) -> dict[str, Sequence[str | Path]]:
    """What each command is given that runs to its end, but `rebuild` and `run`."""
    delivery = write_delivery(folder / "wave_2022.csv", with_person(58))
    new_wave = write_delivery(folder / "new_2026.csv", with_person(40))
    return {
        "check": [delivery],
        "status": [],
        "history": ["--moved"],
        "restore": ["2022", "--revision", "1"],
        "simulate": ["--wave", "2022", "--respondents", "30", "--output", kept.warehouse.home],
        "publish": [],
        "report": ["--output", kept.warehouse.home / "again"],
        "prepare": [],
        "docs": [],
        "forget": ["--wave", "2022", "--respondent", "somebody who never answered"],
        "new-wave": ["2026", "--from", new_wave, "--output", kept.warehouse.home / "proposal"],
        "compare-waves": ["2022", "2024"],
        "check-codebook": [],
        "doctor": ["--json"],
        "analyst-copy": [],
        "release": ["2022"],
        "metrics": ["list", "metrics"],
    }


def test_no_command_leaves_anything_open_whatever_the_umask(kept: Kept, tmp_path: Path) -> None:
    registered = {
        command.name or ((command.callback and command.callback.__name__) or "").replace("_", "-")
        for command in app.registered_commands
    }
    refused = write_delivery(tmp_path / "refused_2024.csv", {"nr": ["1"], "geheim": ["x"]})
    kept.run("run", refused)
    assert kept.done["run"] == 2
    tried = arguments(kept, tmp_path)
    for name, given in tried.items():
        kept.run(name, *given)
    assert registered == {*tried, *SERVERS, "run", "rebuild"}, "a command is not tried here"
    failed = {name: kept.told[name] for name in tried if kept.done[name]}
    # Nothing is held here.
    assert "No delivery of wave 2022 is held" in failed.pop("release")
    assert failed == {}
    assert {name: found for name, found in kept.open.items() if found} == {}
    left = {path.name for path in kept.warehouse.home.iterdir()}
    assert left >= {
        "checked",
        "rejected",
        "erasures",
        "quality",
        "dagster",
        "dbt",
        "proposal",
        "again",
    }


@pytest.mark.parametrize("name", SERVERS)
def test_what_serves_makes_nothing_that_is_open(name: str, kept: Kept) -> None:
    with kept.start(name) as process:
        try:
            umask = umask_of_dagster(process)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    assert umask == PRIVATE_UMASK
    assert list(open_to_others(kept.warehouse.home)) == []


def umask_of_dagster(process: Process) -> int:
    """The umask of a command once it has become one of Dagster's programs."""
    place = Path("/proc", str(process.pid))
    while process.poll() is None:
        if (
            b"dagster-" in (place / "cmdline").read_bytes()
            or b"/dg\0" in (place / "cmdline").read_bytes()
        ):
            (line,) = (
                line for line in (place / "status").read_text().splitlines() if "Umask" in line
            )
            return int(line.split()[1], 8)
        time.sleep(0.05)
    raise AssertionError(process.communicate()[0])


def test_what_is_published_can_be_read_by_others_even_so(kept: Kept) -> None:
    home = kept.warehouse.home
    assert home.stat().st_mode & stat.S_IXOTH
    assert (home / "published").resolve().stat().st_mode & stat.S_IXOTH
    for path in (home / "published").rglob("*"):
        assert path.stat().st_mode & stat.S_IROTH, path
    with duckdb.connect(home / "published" / "marts.duckdb", read_only=True) as connection:
        assert connection.execute("from publication").fetchall()
