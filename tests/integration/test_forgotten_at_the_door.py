"""What the door promises to who was forgotten: a later delivery comes in without them, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.deliveries.accepted import waiting_for
from orchestration.deliveries.door import Accepted, accept
from orchestration.deliveries.errors import DeliveryRefused
from orchestration.deliveries.formats.table import TABLE
from orchestration.deliveries.loading import load
from orchestration.deliveries.manifest import Manifest
from orchestration.deliveries.manifest_reading import read_manifest
from orchestration.deliveries.report import Kind, Severity
from orchestration.deliveries.tombstones import set_tombstone
from orchestration.deliveries.warehouse import state
from orchestration.settings import Settings
from tests.builders import RESPONDENT, good_table, settings_for, write_delivery

FORGOTTEN = "secret-respondent-0007"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A warehouse in which one respondent of 2022 was forgotten after the wave was loaded."""
    settings = settings_for(tmp_path)
    accept(write_delivery(tmp_path / "wave_2022.csv", good_table(rows=1)), settings)
    load(settings, "2022")
    accept(delivery(tmp_path / "with_2022.csv"), settings)
    load(settings, "2022")
    with duckdb.connect(settings.warehouse, read_only=True) as connection:
        rows = connection.execute("select nr from raw.wave_2022").fetchall()
    accept(write_delivery(tmp_path / "without_2022.csv", good_table(rows=19)), settings)
    load(settings, "2022")
    with duckdb.connect(settings.warehouse, read_only=True) as connection:
        remaining = connection.execute("select nr from raw.wave_2022").fetchall()
    [(hidden,)] = set(rows) - set(remaining)
    set_tombstone(settings, "2022", hidden)
    return settings


def delivery(path: Path) -> Path:
    """A good delivery of 20 respondents, the last of whom is the one who is forgotten."""
    table = good_table(rows=20)
    table[RESPONDENT][-1] = FORGOTTEN
    return write_delivery(path, table)


def leavings(settings: Settings) -> Iterator[Path]:
    """Files outside the archive and the warehouse, where an erasure cleans up, with the id in them."""
    for path in settings.home.rglob("*"):
        is_cleaned = settings.archive in path.parents or path == settings.warehouse
        if path.is_file() and not is_cleaned and FORGOTTEN.encode() in path.read_bytes():
            yield path


def accepted_again(settings: Settings, tmp_path: Path, suffix: str = ".csv") -> Accepted:
    path = delivery(tmp_path / f"again_2022{suffix}")
    if suffix == ".csv":
        # Other bytes than those that were loaded before.
        path.write_text(path.read_text().replace("r0001", "r9001"))
    return accept(path, settings)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_forgotten_respondent_is_left_out_of_what_is_accepted(
    suffix: str, settings: Settings, tmp_path: Path
) -> None:
    taken = accepted_again(settings, tmp_path, suffix)
    [problem] = taken.report.problems
    assert (problem.kind, problem.severity, problem.count) == (Kind.ERASED, Severity.WARN, 1)
    assert problem.message == "1 respondent was erased at their own request and left out."
    assert taken.database is not None
    with duckdb.connect(taken.database, read_only=True) as connection:
        assert connection.execute(f"select count(*) from {TABLE}").fetchone() == (19,)
    waiting = waiting_for(settings.accepted, "2022")
    assert waiting is not None
    assert (waiting.row_count, waiting.format) == (19, "redacted.parquet")
    assert waiting.sha256 == taken.sha256
    assert list(leavings(settings)) == []


def test_what_was_kept_without_them_is_archived_and_can_be_taken_in_again(
    settings: Settings, tmp_path: Path
) -> None:
    taken = accepted_again(settings, tmp_path)
    assert load(settings, "2022").wave.sha256 == taken.sha256
    archived = settings.archive / "2022" / f"{taken.sha256}.redacted.parquet"
    assert FORGOTTEN.encode() not in archived.read_bytes()
    said = read_manifest(settings.archive / "2022" / f"{taken.sha256}.delivery.yml")
    assert isinstance(said, Manifest)
    assert (said.file.name, said.file.rows) == (archived.name, 19)
    again = accept(archived, settings)
    assert (again.database, again.sha256) == (None, taken.sha256), (
        "it is the delivery that is loaded"
    )
    accept(write_delivery(tmp_path / "other_2022.csv", good_table(rows=5)), settings)
    load(settings, "2022")
    assert accept(archived, settings).report.problems == ()
    assert load(settings, "2022").wave.row_count == 19
    assert state(settings)["2022"].sha256 == taken.sha256


@pytest.mark.parametrize("fault", ["code", "wave", "manifest"])
def test_a_refused_delivery_that_has_them_is_not_kept_and_not_quoted(
    fault: str, settings: Settings
) -> None:
    table = good_table(rows=20)
    table[RESPONDENT][-1] = table[RESPONDENT][-2] = FORGOTTEN
    name = "levering.csv" if fault == "wave" else "bad_2022.csv"
    path = write_delivery(settings.landing / name, table)
    if fault == "manifest":
        (settings.landing / "delivery.yml").write_text("wave: [")
    with pytest.raises(DeliveryRefused) as caught:
        accept(path, settings)
    assert not (caught.value.folder / name).exists()
    assert all(not problem.values for problem in caught.value.report.problems)
    assert list(leavings(settings)) == []
    assert not path.exists()
