"""The doctor finds what is wrong with a home, each fault by its name, and leaves the home as it is."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest

from orchestration.deliveries.door import accept
from orchestration.deliveries.erasure.forgetting import bury
from orchestration.deliveries.ledger import ledger_file
from orchestration.deliveries.loading import load
from orchestration.deliveries.schema import SCHEMA_VERSION
from orchestration.doctor.examining import examine_home
from orchestration.doctor.finding import Finding
from orchestration.settings import Settings
from tests.acceptance.conftest import Warehouse
from tests.acceptance.small_waves import WHO, corrected_with_person
from tests.builders import write_delivery

pytestmark = pytest.mark.slow

HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def settings(small: Warehouse, tmp_path: Path) -> Settings:
    """A published home of the test's own, without what dbt and Dagster keep in theirs."""
    shutil.copytree(
        small.home,
        tmp_path / "home",
        symlinks=True,
        ignore=shutil.ignore_patterns("dbt", "dagster"),
    )
    environment = {"VAKWERK_HOME": str(tmp_path / "home"), "VAKWERK_SURVEY": str(small.survey)}
    return Settings.from_environment(environment)


def wrong(settings: Settings) -> dict[str, Finding]:
    """What is wrong, by check."""
    return {each.check: each for each in examine_home(settings) if each.verdict != "ok"}


class State(NamedTuple):
    """What a file or folder is, and when it was touched."""

    mode: int
    modified: int
    content: bytes


def standing(settings: Settings) -> Mapping[Path, State]:
    """Everything in the home."""
    return {
        path: State(
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in [settings.home, *settings.home.rglob("*")]
    }


def write(path: Path, content: bytes) -> None:
    """Write over a file, a published one too."""
    mode = path.stat().st_mode
    path.chmod(0o600)
    path.write_bytes(content)
    path.chmod(mode)


def change(database: Path, sql: str) -> None:
    """Alter a database behind everybody's back."""
    mode = database.stat().st_mode
    database.chmod(0o600)
    with duckdb.connect(database) as connection:
        connection.execute(sql)
    database.chmod(mode)


def archived(settings: Settings) -> Path:
    """A file in the archive."""
    return next((settings.archive / "2024").glob("*.csv"))


def parquet(settings: Settings) -> Path:
    """A published file."""
    return settings.published / "parquet" / "item_results.parquet"


def load_correction(settings: Settings) -> None:
    """Load another revision, and publish nothing."""
    file = write_delivery(settings.home.with_name("wave_2022.csv"), corrected_with_person())
    load(settings, accept(file, settings).wave_id)


def older_ledger(settings: Settings) -> None:
    """A ledger from before the last revision."""
    before = ledger_file(settings).read_bytes()
    load_correction(settings)
    ledger_file(settings).write_bytes(before)


def older_warehouse(settings: Settings) -> None:
    """A warehouse from before the last revision."""
    before = settings.warehouse.read_bytes()
    load_correction(settings)
    settings.warehouse.write_bytes(before)


def open_landing(settings: Settings) -> None:
    """A landing folder that everybody may look into."""
    settings.landing.mkdir(exist_ok=True)
    settings.landing.chmod(0o775)


FAULTS: dict[str, tuple[Callable[[Settings], object], set[str], str]] = {
    "an archived file is altered": (
        lambda s: write(archived(s), archived(s).read_bytes()[:-1]),
        {"archive"},
        "Altered: archive/2024/",
    ),
    "an archived file is gone": (
        lambda s: archived(s).unlink(),
        {"deliveries"},
        "(revision 1 of wave 2024)",
    ),
    "the ledger is gone": (
        lambda s: ledger_file(s).unlink(),
        {"deliveries"},
        "archive/revisions.duckdb lacks revisions",
    ),
    "the ledger is damaged": (
        lambda s: write(ledger_file(s), b"x" * 9000),
        {"deliveries"},
        "cannot be read: put it back",
    ),
    "the ledger is older": (older_ledger, {"deliveries", "marts"}, "lacks revisions"),
    "the warehouse is older": (
        older_warehouse,
        {"deliveries"},
        "not in the warehouse: revision 2 of wave 2022",
    ),
    "a published Parquet file is altered": (
        lambda s: write(parquet(s), parquet(s).read_bytes() + b" "),
        {"publication"},
        "manifest says: parquet/item_results.parquet",
    ),
    "a published Parquet file is gone": (
        lambda s: parquet(s).unlink(),
        {"publication"},
        "item_results.parquet (gone)",
    ),
    "a page of the report is altered": (
        lambda s: write(s.published / "report" / "index.html", b"another figure"),
        {"publication"},
        "Not as the manifest says: report.",
    ),
    "the report is gone": (
        lambda s: shutil.rmtree((s.published / "report").resolve()),
        {"publication"},
        "report (gone)",
    ),
    "the published database is damaged": (
        lambda s: write(s.published / "marts.duckdb", b"x" * 9000),
        {"publication"},
        "not a valid DuckDB database",
    ),
    "the published database is of another build": (
        lambda s: change(s.published / "marts.duckdb", "update publication set build_id = 'x'"),
        {"publication"},
        "marts.duckdb (build)",
    ),
    "the manifest is damaged": (
        lambda s: write(s.published / "manifest.json", b"{"),
        {"publication", "marts"},
        "The manifest cannot be read",
    ),
    "the warehouse is damaged": (
        lambda s: write(s.warehouse, b"x" * 9000),
        {"warehouse", "marts"},
        "is damaged",
    ),
    "the warehouse is of newer software": (
        lambda s: change(s.warehouse, "update raw.warehouse_version set version = version + 1"),
        {"warehouse", "marts"},
        f"of version {SCHEMA_VERSION + 1}",
    ),
    "a mart was written to": (
        lambda s: change(s.warehouse, "delete from marts.response"),
        {"marts"},
        "Not as they were published: response",
    ),
    "a build did not finish": (
        lambda s: change(s.warehouse, "update audit.builds set succeeded = false"),
        {"marts"},
        "did not finish",
    ),
    "a build was not published": (
        lambda s: change(s.warehouse, "update audit.builds set build_id = 'x'"),
        {"marts"},
        "Readers do not see the build",
    ),
    "a revision was not counted": (load_correction, {"marts"}, "earlier revision: wave 2022"),
    "the key is gone": (lambda s: s.key_file.unlink(), {"key"}, "It is gone"),
    "the key is cut off": (lambda s: write(s.key_file, b"short"), {"key"}, "has 5 bytes"),
    "the key is open": (
        lambda s: s.key_file.chmod(0o640),
        {"key", "permissions"},
        "secrets/respondent.key",
    ),
    "a report is open": (
        lambda s: (s.quality / "index.html").chmod(0o604),
        {"permissions"},
        "Open to others: quality/index.html",
    ),
    "a folder is open": (
        lambda s: (s.archive / "2022").chmod(0o710),
        {"permissions"},
        "Open to others: archive/2022",
    ),
    "the landing folder is open to everybody": (
        open_landing,
        {"permissions"},
        "Open to others: landing",
    ),
    "anybody may write into the home": (
        lambda s: s.home.chmod(0o777),
        {"permissions"},
        "Open to others: .",
    ),
    "anybody may write what is published": (
        lambda s: parquet(s).chmod(0o666),
        {"permissions"},
        "parquet/item_results.parquet",
    ),
    "readers cannot open what is published": (
        lambda s: parquet(s).chmod(0o400),
        {"permissions"},
        "Readers cannot open published/builds/",
    ),
    "a rebuild was killed": (
        lambda s: (s.home / "rebuilding").mkdir(mode=0o700),
        {"leftovers"},
        "killed run: rebuilding",
    ),
    "a publication was killed": (
        lambda s: (s.published / "builds" / ".20260101").mkdir(),
        {"leftovers"},
        "published/builds/.20260101",
    ),
    "an erasure was cut short": (lambda s: bury(s, "2022", WHO), {"erasures"}, "Not finished: "),
}


def test_a_home_that_is_well_is_told_to_be(small: Warehouse, settings: Settings) -> None:
    before = standing(settings)
    assert wrong(settings) == {}
    assert standing(settings) == before
    told = small.vakwerk("doctor")
    assert told.returncode == 0, told.stdout
    assert {line.split()[1] for line in told.stdout.splitlines()} == {"ok"}
    assert "2 revisions have their files" in told.stdout


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_by_its_name_and_nothing_is_changed(
    fault: str, settings: Settings
) -> None:
    damage, checks, told = FAULTS[fault]
    damage(settings)
    before = standing(settings)
    found = wrong(settings)
    assert standing(settings) == before
    assert found.keys() == checks
    assert {each.verdict for each in found.values()} == {"wrong"}
    assert any(told in each.told for each in found.values()), found
    assert all(each.remedy for each in found.values())


def test_a_full_disk_is_told_before_a_refresh_meets_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(settings.home)
    monkeypatch.setattr(
        shutil,
        "disk_usage",
        lambda _: usage._replace(free=settings.warehouse.stat().st_size),
    )
    assert wrong(settings).keys() == {"disk"}


def test_machines_get_the_same_and_an_exit_code(small: Warehouse, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(small.home, home, symlinks=True)
    (home / "secrets" / "respondent.key").unlink()
    done = Warehouse(home, small.survey).vakwerk("doctor", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["is_well"] is False
    assert [each["check"] for each in told["findings"] if each["verdict"] == "wrong"] == ["key"]


def test_while_another_process_has_the_warehouse_it_is_busy_and_not_wrong(
    settings: Settings,
) -> None:
    (settings.accepted / ".incoming").mkdir(mode=0o700)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(settings.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        found = wrong(settings)
        holder.communicate(b"")
    assert {name: each.verdict for name, each in found.items()} == dict.fromkeys(
        ("warehouse", "marts", "leftovers"), "busy"
    )


def test_where_there_is_no_home_yet_all_is_well(settings: Settings, tmp_path: Path) -> None:
    nowhere = replace(settings, home=tmp_path / "nowhere", key_file=tmp_path / "nowhere" / "key")
    assert wrong(nowhere) == {}
    assert not nowhere.home.exists()
    nowhere.home.mkdir()
    assert wrong(nowhere) == {}


def test_the_home_of_another_survey_inside_is_left_to_its_own_doctor(
    settings: Settings,
) -> None:
    (settings.home / "aps_census" / "archive").mkdir(mode=0o755, parents=True)
    assert wrong(settings) == {}
