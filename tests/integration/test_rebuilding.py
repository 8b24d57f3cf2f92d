"""The raw layer is made again from the archive as it was: every wave, revision and erasure."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.deliveries import loading
from orchestration.deliveries.door import accept
from orchestration.deliveries.erasure.forgetting import forget
from orchestration.deliveries.errors import DeliveryError, WarehouseBusy
from orchestration.deliveries.ledger import begin_ledger, ledger_file
from orchestration.deliveries.loading import load
from orchestration.deliveries.rebuilding import rebuild_raw
from orchestration.deliveries.restoring import restore
from orchestration.deliveries.warehouse import connected, state
from orchestration.rebuilding import rebuild, rebuilding_folder
from orchestration.settings import Settings
from tests.builders import good_table, write_delivery
from tests.standing import files, tables

HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
sys.stdin.read()
"""


def told(_: str) -> None:
    """Nobody is told of progress."""


def deliver(path: Path, settings: Settings) -> None:
    load(settings, accept(path, settings).wave_id)


def raw(settings: Settings, but: tuple[str, ...] = ()) -> Mapping[str, str]:
    """The checksums of the tables of the raw layer, but for some columns."""
    found = tables(settings.warehouse, but)
    return {name: checksum for name, checksum in found.items() if name.startswith("raw.")}


def made_again(settings: Settings) -> Settings:
    """A new warehouse beside the old one, which is not there to be read."""
    settings.warehouse.write_bytes(b"this is no database" * 1000)
    aside = replace(settings, building=settings.home / "aside")
    assert rebuild_raw(aside, told) == ["2022", "2024"]
    return aside


@pytest.fixture
def storied(loaded: Settings, tmp_path: Path) -> Settings:
    """Two waves: one corrected, restored, and with somebody forgotten; figures were moved by it."""
    with connected(loaded) as connection:
        connection.execute("create schema marts")
        connection.execute(
            """
            create table marts.item_results as
            select '2024' as wave_id, 'C1' as item_id, 'total' as breakdown, 'all' as group_code,
                3.5 as mean, 0.1 as standard_error, false as is_suppressed
            """
        )
    table = good_table(14)
    table["v3"][0] = "2"
    deliver(write_delivery(tmp_path / "corrected_2022.xlsx", table), loaded)
    deliver(write_delivery(tmp_path / "corrected_2024.sav", table), loaded)
    load(loaded, restore(loaded, "2022", 1).wave_id)
    forget(loaded, "2022", "r0003")
    return loaded


def test_what_is_made_again_is_what_was_loaded(storied: Settings) -> None:
    before = raw(storied)
    waves = state(storied)
    assert [wave.revision for wave in waves.values()] == [4, 2]
    assert (waves["2022"].purpose, waves["2022"].row_count) == ("erasure", 11)
    aside = made_again(storied)
    assert raw(aside) == before
    assert state(aside) == waves


def test_somebody_whose_erasure_was_cut_short_is_not_made_again(
    storied: Settings,
) -> None:
    from orchestration.deliveries.erasure.forgetting import bury

    bury(storied, "2024", "r0005")
    aside = made_again(storied)
    assert state(aside)["2024"].row_count == 13
    with connected(aside, read_only=True) as connection:
        assert connection.execute("select count(*) from raw.wave_2024").fetchone() == (13,)


def test_a_home_from_before_the_ledger_gets_one_of_its_warehouse(storied: Settings) -> None:
    kept = tables(ledger_file(storied))
    ledger_file(storied).unlink()
    begin_ledger(storied)
    assert tables(ledger_file(storied)) == kept


def test_without_a_ledger_the_archive_tells_the_order_in_which_files_came(
    loaded: Settings, tmp_path: Path
) -> None:
    deliver(write_delivery(tmp_path / "corrected_2022.xlsx", good_table(14)), loaded)
    before, waves = raw(loaded, but=("loaded_at",)), state(loaded)
    for wave in waves.values():
        (file,) = (loaded.archive / wave.wave_id).glob(f"{wave.sha256}.{wave.format}")
        os.utime(file, (wave.loaded_at.timestamp(), wave.loaded_at.timestamp()))
    ledger_file(loaded).unlink()
    aside = made_again(loaded)
    again = state(aside)
    assert {wave_id: wave.revision for wave_id, wave in again.items()} == {"2022": 2, "2024": 1}
    assert again["2022"].sha256 == waves["2022"].sha256
    after = raw(aside, but=("loaded_at",))
    for name in ("raw.wave_2022", "raw.wave_2024"):
        assert after[name] == before[name]


def altered(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"FIN", b"BZK", 1))


@pytest.mark.parametrize(
    ("damage", "message"),
    [(altered, "was altered"), (Path.unlink, "is gone: put it back from a backup")],
)
def test_where_the_archive_is_not_whole_everything_stays_as_it_was(
    loaded: Settings,
    damage: object,
    message: str,
) -> None:
    assert callable(damage)
    (file,) = (loaded.archive / "2024").glob("*.csv")
    damage(file)
    before = files(loaded)
    with pytest.raises(DeliveryError, match=message) as error:
        rebuild(loaded, told)
    assert str(file) in str(error.value)
    assert files(loaded) == before
    assert not rebuilding_folder(loaded).exists()


def test_without_its_key_nothing_is_made_again(loaded: Settings) -> None:
    loaded.key_file.unlink()
    with pytest.raises(DeliveryError, match="restore it"):
        rebuild(loaded, told)
    assert not loaded.key_file.exists()


def test_a_file_that_no_longer_fits_the_codebook_is_told_with_its_problems(
    loaded: Settings, tmp_path: Path
) -> None:
    survey = tmp_path / "changed"
    (survey / "codebook").mkdir(parents=True)
    for path in loaded.codebook.iterdir():
        text = path.read_text()
        if path.name == "attribute_codes.csv":
            text = text.replace("2024,role,M,MW\n", "")
        (survey / "codebook" / path.name).write_text(text)
    with pytest.raises(
        DeliveryError, match=r"(?s)does not fit the codebook any more.*unknown group"
    ):
        rebuild(replace(loaded, survey=survey), told)


def test_a_warehouse_that_somebody_reads_is_not_replaced(loaded: Settings) -> None:
    before = files(loaded)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(loaded.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(WarehouseBusy, match="in use by another process"):
            rebuild(loaded, told)
        holder.communicate(b"")
    assert files(loaded) == before


def test_where_nothing_was_ever_loaded_there_is_nothing_to_make(
    loaded: Settings, tmp_path: Path
) -> None:
    with pytest.raises(DeliveryError, match="nothing was ever loaded"):
        rebuild(replace(loaded, home=tmp_path / "new"), told)


def test_an_older_copy_of_the_warehouse_is_not_taken_for_all_there_is(
    loaded: Settings, tmp_path: Path
) -> None:
    older = loaded.warehouse.read_bytes()
    deliver(write_delivery(tmp_path / "corrected_2022.xlsx", good_table(14)), loaded)
    loaded.warehouse.write_bytes(older)
    kept = ledger_file(loaded).read_bytes()
    accept(write_delivery(tmp_path / "again_2022.xlsx", good_table(15)), loaded)
    with pytest.raises(DeliveryError, match=r"does not have revision 2 of wave 2022.*rebuild"):
        load(loaded, "2022")
    assert ledger_file(loaded).read_bytes() == kept
    assert loaded.warehouse.read_bytes() == older


def test_a_load_that_ended_before_its_ledger_was_kept_is_finished_by_the_next(
    loaded: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    file = write_delivery(tmp_path / "corrected_2022.xlsx", good_table(14))
    with monkeypatch.context() as patch:
        patch.setattr(loading, "keep_ledger", killed)
        with pytest.raises(KeyboardInterrupt):
            deliver(file, loaded)
    lists = {name: raw(loaded)[name] for name in ("raw.deliveries", "raw.differences")}
    assert tables(ledger_file(loaded))["raw.deliveries"] != lists["raw.deliveries"]
    # The door knows the file for loaded, and keeps nothing of it.
    deliver(file, loaded)
    assert state(loaded)["2022"].revision == 2
    kept = tables(ledger_file(loaded))
    assert {name: kept[name] for name in lists} == lists
