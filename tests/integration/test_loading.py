"""What loading promises: a wave as delivered, whole or not at all, once, and nobody's but the owner's."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from orchestration.deliveries import accepted, loading
from orchestration.deliveries.accepted import database_of, waiting_for
from orchestration.deliveries.door import accept, inspect, refuse
from orchestration.deliveries.errors import (
    DeliveryError,
    DeliveryRefused,
    StillArriving,
    WarehouseBusy,
    WarehouseDamaged,
)
from orchestration.deliveries.formats import READERS
from orchestration.deliveries.landing import pending
from orchestration.deliveries.loading import Loaded, load
from orchestration.deliveries.report import Kind, Problem
from orchestration.deliveries.warehouse import connected, state, table_name
from orchestration.settings import PROJECT, Settings
from tests.builders import (
    CODEBOOK,
    RESPONDENT,
    good_table,
    settings_for,
    write_delivery,
    write_survey,
)

every_format = pytest.mark.parametrize("suffix", READERS)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def deliver(path: Path, settings: Settings, wave_id: str | None = None) -> Loaded:
    return load(settings, accept(path, settings, wave_id).wave_id)


def query(settings: Settings, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(settings.warehouse, read_only=True) as connection:
        return connection.execute(sql).fetchall()


def checksum(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


@every_format
def test_a_wave_is_loaded_as_delivered_but_for_the_respondent_ids(
    suffix: str, settings: Settings, tmp_path: Path
) -> None:
    written = good_table(rows=30)
    loaded = deliver(write_delivery(tmp_path / f"wave_2022{suffix}", written), settings)
    assert loaded.is_new
    with duckdb.connect(settings.warehouse, read_only=True) as connection:
        rows = connection.execute("from raw.wave_2022")
        assert [column[0] for column in rows.description] == list(written)
        columns = dict(zip(written, zip(*rows.fetchall(), strict=True), strict=True))
    pseudonyms = columns.pop(RESPONDENT)
    assert {name: list(values) for name, values in columns.items()} == {
        name: values for name, values in written.items() if name != RESPONDENT
    }
    assert len(set(pseudonyms)) == 30
    assert all(len(pseudonym) == 64 for pseudonym in pseudonyms)


def test_a_respondent_has_the_same_pseudonym_in_a_corrected_file_of_another_format(
    settings: Settings, tmp_path: Path
) -> None:
    deliver(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
    first = query(settings, "select nr from raw.wave_2022")
    deliver(write_delivery(tmp_path / "wave_2022.sav", good_table()), settings)
    assert query(settings, "select nr from raw.wave_2022") == first
    deliver(write_delivery(tmp_path / "wave_2024.csv", good_table()), settings)
    other = query(settings, "select nr from raw.wave_2024")
    assert not set(other) & set(first)


def test_no_respondent_id_and_no_key_is_in_the_warehouse(
    settings: Settings, tmp_path: Path
) -> None:
    written = good_table(rows=3000)
    deliver(write_delivery(tmp_path / "wave_2022.csv", written), settings)
    content = settings.warehouse.read_bytes()
    assert not [text for text in written[RESPONDENT] if text and text.encode() in content]
    assert settings.key_file.read_bytes() not in content
    assert settings.key_file.read_bytes().hex().encode() not in content


def test_the_warehouse_lists_what_is_loaded_and_what_ever_was(
    settings: Settings, tmp_path: Path
) -> None:
    first = write_delivery(tmp_path / "wave_2022.csv", good_table())
    second = write_delivery(tmp_path / "corrected_2022.xlsx", good_table(rows=20))
    deliver(first, settings)
    deliver(write_delivery(tmp_path / "wave_2024.csv.gz", good_table(rows=5)), settings)
    deliver(second, settings)
    loaded = state(settings)
    assert list(loaded) == ["2022", "2024"]
    wave = loaded["2022"]
    assert (wave.revision, wave.purpose, wave.row_count) == (2, "correction", 20)
    assert (wave.sha256, wave.file_name, wave.format) == (
        checksum(second),
        "corrected_2022.xlsx",
        "xlsx",
    )
    assert wave.table_name == "wave_2022"
    assert loaded["2024"].revision == 1
    assert query(
        settings,
        "select wave_id, revision, purpose, sha256 from raw.deliveries where wave_id = '2022' "
        "order by revision",
    ) == [("2022", 1, "first", checksum(first)), ("2022", 2, "correction", checksum(second))]
    assert query(settings, "select count(*) from raw.wave_2022") == [(20,)]


def test_the_same_file_twice_changes_nothing(settings: Settings) -> None:
    path = settings.landing / "wave_2022.csv"
    write_delivery(path, good_table())
    deliver(path, settings)
    before = checksum(settings.warehouse)
    write_delivery(path, good_table())
    taken = accept(path, settings)
    assert taken.database is None
    assert pending(settings) == []
    again = load(settings, "2022")
    assert not again.is_new
    assert again.wave.revision == 1
    assert checksum(settings.warehouse) == before


def test_an_earlier_file_again_is_a_new_revision(settings: Settings, tmp_path: Path) -> None:
    first = write_delivery(tmp_path / "wave_2022.csv", good_table())
    deliver(first, settings)
    deliver(write_delivery(tmp_path / "corrected_2022.csv", good_table(rows=20)), settings)
    back = deliver(first, settings)
    assert (back.is_new, back.wave.revision, back.wave.row_count) == (True, 3, 12)


def test_the_archive_keeps_every_loaded_file_under_its_checksum(
    settings: Settings, tmp_path: Path
) -> None:
    paths = [
        write_delivery(tmp_path / "wave_2022.csv.gz", good_table()),
        write_delivery(tmp_path / "corrected_2022.sav", good_table(rows=20)),
    ]
    for path in paths:
        deliver(path, settings)
    kept = {path.name: checksum(path) for path in (settings.archive / "2022").iterdir()}
    manifests = {name for name in kept if name.endswith(".delivery.yml")}
    assert manifests == {f"{checksum(path)}.delivery.yml" for path in paths}
    assert {name: kept[name] for name in kept.keys() - manifests} == {
        f"{checksum(paths[0])}.csv.gz": checksum(paths[0]),
        f"{checksum(paths[1])}.sav": checksum(paths[1]),
    }


def test_a_loaded_file_leaves_the_landing_folder_and_a_file_from_elsewhere_stays(
    settings: Settings, tmp_path: Path
) -> None:
    landed = write_delivery(settings.landing / "wave_2022.csv", good_table())
    accept(landed, settings)
    assert landed.exists(), "not before it is loaded"
    load(settings, "2022")
    assert not landed.exists()
    elsewhere = write_delivery(tmp_path / "wave_2024.csv", good_table())
    deliver(elsewhere, settings)
    assert elsewhere.exists()


def test_a_file_that_was_delivered_anew_meanwhile_is_not_removed(settings: Settings) -> None:
    landed = write_delivery(settings.landing / "wave_2022.csv", good_table())
    accept(landed, settings)
    write_delivery(landed, good_table(rows=20))
    assert load(settings, "2022").wave.row_count == 12
    assert [waiting.path for waiting in pending(settings)] == [landed]
    assert deliver(landed, settings).wave.row_count == 20


def test_what_is_loaded_is_what_was_checked_whatever_happens_to_the_file(
    settings: Settings, tmp_path: Path
) -> None:
    path = write_delivery(tmp_path / "wave_2022.csv", good_table())
    taken = accept(path, settings)
    path.unlink()
    loaded = load(settings, "2022").wave
    assert (loaded.sha256, loaded.row_count) == (taken.sha256, 12)
    assert checksum(settings.archive / "2022" / f"{taken.sha256}.csv") == taken.sha256


def test_a_file_that_is_still_written_is_tried_again_later(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_delivery(settings.landing / "wave_2022.csv", good_table())
    sync = os.fsync

    def sync_while_the_sender_adds_a_row(descriptor: int) -> None:
        with path.open("a") as file:
            file.write("r9999,BZK,L,1,1,3,1,ja\n")
        sync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", sync_while_the_sender_adds_a_row)
        with pytest.raises(StillArriving, match="changed while it was read"):
            accept(path, settings)
    assert not settings.rejected.exists()
    assert deliver(path, settings).wave.row_count == 13


def test_an_accepted_delivery_can_be_inspected_before_it_is_loaded(
    settings: Settings, tmp_path: Path
) -> None:
    written = good_table()
    taken = accept(write_delivery(tmp_path / "wave_2022.sav", written), settings)
    assert taken.database == database_of(settings.accepted, "2022")
    assert taken.database is not None
    with duckdb.connect(taken.database, read_only=True) as connection:
        assert connection.execute("from delivered").fetchall() == list(
            zip(*written.values(), strict=True)
        )
        labels = connection.execute("from value_labels where column_name = 'v1'").fetchall()
    assert ("v1", "8", "weet niet") in labels
    assert not settings.warehouse.exists()


def test_nothing_of_an_accepted_delivery_is_left_after_loading(
    settings: Settings, tmp_path: Path
) -> None:
    deliver(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
    assert [path.name for path in settings.accepted.iterdir()] == [".lock"]


def test_an_accepted_delivery_may_still_be_refused_for_its_answers(settings: Settings) -> None:
    path = write_delivery(settings.landing / "wave_2022.csv.gz", good_table())
    content = path.read_bytes()
    accept(path, settings)
    refusal = refuse(settings, "2022", [Problem(Kind.IMPLAUSIBLE, "All alike.", "Ask.")])
    assert isinstance(refusal, DeliveryRefused)
    assert (refusal.folder / "wave_2022.csv.gz").read_bytes() == content
    assert "All alike." in (refusal.folder / "report.txt").read_text()
    assert pending(settings) == []
    assert waiting_for(settings.accepted, "2022") is None
    with pytest.raises(DeliveryError, match="no delivery of it waits"):
        load(settings, "2022")


def test_a_delivery_that_is_corrected_before_it_is_loaded_does_not_come_back(
    settings: Settings,
) -> None:
    first = write_delivery(settings.landing / "wave_2022.csv", good_table())
    correction = write_delivery(settings.landing / "corrected_2022.csv", good_table(rows=20))
    os.utime(first, (1, 1))
    for waiting in pending(settings):
        accept(waiting.path, settings)
    assert [waiting.path for waiting in pending(settings)] == [correction]
    assert load(settings, "2022").wave.row_count == 20
    assert pending(settings) == []
    [folder] = settings.rejected.iterdir()
    assert "superseded" in (folder / "report.txt").read_text()
    assert (folder / "wave_2022.csv").exists()


def test_a_correction_that_is_taken_back_before_it_is_loaded_does_not_come_back(
    settings: Settings, tmp_path: Path
) -> None:
    first = write_delivery(tmp_path / "wave_2022.csv", good_table())
    deliver(first, settings)
    accept(write_delivery(settings.landing / "wrong_2022.csv", good_table(rows=20)), settings)
    assert not deliver(first, settings).is_new
    assert pending(settings) == []
    assert state(settings)["2022"].row_count == 12


def test_the_same_delivery_accepted_twice_waits_once(settings: Settings) -> None:
    path = write_delivery(settings.landing / "wave_2022.csv", good_table())
    assert accept(path, settings) == accept(path, settings)
    assert not settings.rejected.exists()
    assert load(settings, "2022").is_new


@pytest.mark.parametrize("fault", ["none", "unknown column", "unknown wave"])
def test_a_dry_run_tells_what_accepting_would_and_keeps_nothing(
    fault: str, settings: Settings, tmp_path: Path
) -> None:
    name = "wave.csv" if fault == "unknown wave" else "wave_2022.csv"
    path = write_delivery(tmp_path / name, good_table())
    if fault == "unknown column":
        path.write_text(path.read_text().replace("v3", "v4", 1))
    report = inspect(path, settings)
    assert [found.name for found in settings.home.rglob("*") if found.is_file()] == [".lock"]
    if fault == "none":
        assert report == accept(path, settings).report
    else:
        with pytest.raises(DeliveryRefused) as caught:
            accept(path, settings)
        assert report == caught.value.report


def test_loading_without_a_delivery_is_an_error_that_says_what_to_do(settings: Settings) -> None:
    with pytest.raises(DeliveryError, match="put its file into"):
        load(settings, "2022")
    assert state(settings) == {}
    assert not settings.warehouse.exists()


class Killed(BaseException):
    """Stands in for the death of a process: nothing catches it."""


def dying(call: Callable[..., object], *, after: bool) -> Callable[..., object]:
    """The call, at which the process dies: before it is made, or right after."""

    def die(*args: object) -> None:
        if after:
            call(*args)
        raise Killed

    return die


@pytest.mark.parametrize("is_correction", [False, True])
@pytest.mark.parametrize(
    ("call", "after"),
    [
        ("put_in_archive", False),
        ("put_in_archive", True),
        ("_replace", True),
        ("remove", False),
        ("remove", True),
        ("release", False),
    ],
)
def test_a_load_that_dies_is_finished_by_the_next(
    call: str,
    after: bool,
    is_correction: bool,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = settings.landing / "wave_2022.csv"
    if is_correction:
        deliver(write_delivery(path, good_table()), settings)
    write_delivery(path, good_table(rows=20))
    accept(path, settings)
    with monkeypatch.context() as patch:
        patch.setattr(loading, call, dying(getattr(loading, call), after=after))
        with pytest.raises(Killed):
            load(settings, "2022")
    # The next run: what lies in the landing folder, then the load.
    for waiting in pending(settings):
        accept(waiting.path, settings)
    wave = load(settings, "2022").wave
    assert (wave.row_count, wave.revision) == (20, 2 if is_correction else 1)
    assert query(settings, "select count(*) from raw.wave_2022") == [(20,)]
    assert (settings.archive / "2022" / f"{wave.sha256}.csv").exists()
    assert pending(settings) == []
    assert [found.name for found in settings.accepted.iterdir()] == [".lock"]


def test_a_load_that_dies_after_its_commit_is_not_done_twice(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(write_delivery(settings.landing / "wave_2022.csv", good_table()), settings)
    with monkeypatch.context() as patch:
        patch.setattr(loading, "remove", dying(accepted.remove, after=False))
        with pytest.raises(Killed):
            load(settings, "2022")
    again = load(settings, "2022")
    assert (again.is_new, again.wave.revision) == (False, 1)
    assert pending(settings) == []


def test_a_load_that_fails_within_its_transaction_leaves_the_wave_as_it_was(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
    before = query(settings, "from raw.wave_2022"), state(settings)
    accept(write_delivery(tmp_path / "corrected_2022.csv", good_table(rows=20)), settings)
    waiting = waiting_for(settings.accepted, "2022")
    assert waiting is not None
    # The delivery cannot be listed without its name, after the wave's table was replaced.
    nameless = replace(waiting, file_name=None)  # type: ignore[arg-type]
    with monkeypatch.context() as patch:
        patch.setattr(loading, "to_load", lambda *_: nameless)
        with pytest.raises(duckdb.ConstraintException, match="file_name"):
            load(settings, "2022")
    assert (query(settings, "from raw.wave_2022"), state(settings)) == before
    assert load(settings, "2022").wave.row_count == 20


CRASH = """
import os
from orchestration.deliveries import accepted, loading
from orchestration.settings import Settings
settings = Settings.from_environment()
loading.keep_figures = lambda *_: os.kill(os.getpid(), 9)
loading.load(settings, "2022")
"""


def test_a_process_killed_within_the_transaction_leaves_the_wave_as_it_was(
    settings: Settings, tmp_path: Path
) -> None:
    deliver(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
    before = query(settings, "from raw.wave_2022")
    accept(write_delivery(tmp_path / "corrected_2022.csv", good_table(rows=2000)), settings)
    killed = subprocess.run(
        [sys.executable, "-c", CRASH],
        env={
            "PYTHONPATH": str(PROJECT),
            "VAKWERK_HOME": str(settings.home),
            "VAKWERK_SURVEY": str(settings.survey),
        },
        check=False,
    )
    assert killed.returncode == -9
    assert query(settings, "from raw.wave_2022") == before
    assert state(settings)["2022"].revision == 1
    assert load(settings, "2022").wave.row_count == 2000


def test_what_a_killed_process_left_on_its_way_is_cleared_away(
    settings: Settings, tmp_path: Path
) -> None:
    left = settings.accepted / ".incoming"
    left.mkdir(parents=True)
    (left / "original.csv").write_text("half a file")
    (left / "delivery.duckdb").write_text("half a database")
    deliver(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
    assert not left.exists()


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_nobody_else_can_read_anything_whatever_the_umask(tmp_path: Path) -> None:
    with umask(0):
        settings = settings_for(tmp_path)
        deliver(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
        accept(write_delivery(tmp_path / "wave_2024.sav", good_table()), settings)
        with pytest.raises(DeliveryRefused):
            accept(write_delivery(tmp_path / "bad_2022.csv", {"x": ["1"]}), settings)
    paths = [settings.home, *settings.home.rglob("*")]
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in paths}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
    assert len(modes) > 12


def test_the_warehouse_is_private_while_it_is_written_too(settings: Settings) -> None:
    with umask(0), connected(settings) as connection:
        connection.execute("create table secret as select 42 as answer")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in settings.home.iterdir()}
    assert modes == {"warehouse.duckdb": 0o600, "warehouse.duckdb.wal": 0o600}
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700


HOLD = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def test_a_warehouse_that_another_process_holds_says_whose_it_is(
    settings: Settings, tmp_path: Path
) -> None:
    deliver(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
    accept(write_delivery(tmp_path / "wave_2024.csv", good_table()), settings)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(settings.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        message = f"warehouse.duckdb is in use by process {holder.pid}: wait"
        with pytest.raises(WarehouseBusy, match=message):
            state(settings)
        with pytest.raises(WarehouseBusy, match=message):
            load(settings, "2024")
        with pytest.raises(WarehouseBusy, match=message):
            accept(tmp_path / "wave_2022.csv", settings)
        holder.communicate(b"")
    assert load(settings, "2024").is_new


def test_a_warehouse_that_this_process_holds_is_busy_too(
    settings: Settings, tmp_path: Path
) -> None:
    deliver(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
    with (
        duckdb.connect(settings.warehouse),
        pytest.raises(WarehouseBusy, match="this very process"),
    ):
        state(settings)


def test_a_damaged_warehouse_says_so(settings: Settings) -> None:
    settings.home.mkdir()
    settings.warehouse.write_bytes(b"this is no database" * 1000)
    with pytest.raises(WarehouseDamaged, match=r"warehouse.duckdb is damaged .* `vakwerk rebuild`"):
        state(settings)


def test_a_lost_key_stops_the_load_before_anything_changes(
    settings: Settings, tmp_path: Path
) -> None:
    deliver(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
    settings.key_file.unlink()
    accept(write_delivery(tmp_path / "wave_2024.csv", good_table()), settings)
    with pytest.raises(DeliveryError, match="restore it"):
        load(settings, "2024")
    assert list(state(settings)) == ["2022"]
    assert not (settings.archive / "2024").exists()


@pytest.mark.parametrize("wave_id", ["../2022", 'a"b', "2022;", "", "2022 ", "Wave", "2022\n"])
def test_a_wave_id_is_checked_before_it_names_a_table_or_a_folder(
    wave_id: str, settings: Settings
) -> None:
    with pytest.raises(DeliveryError, match="cannot name a wave"):
        table_name(wave_id)
    with pytest.raises(DeliveryError, match="cannot name a wave"):
        load(settings, wave_id)


def test_a_codebook_with_such_a_wave_id_gets_nowhere(tmp_path: Path) -> None:
    tables = {
        name: CODEBOOK[name].replace("2022,", "../x,")
        for name in ("waves", "item_versions", "attribute_columns", "attribute_codes")
    }
    settings = settings_for(tmp_path, write_survey(tmp_path / "survey", **tables))
    path = write_delivery(tmp_path / "wave_2022.csv", good_table())
    with pytest.raises(DeliveryError, match="cannot name a wave"):
        accept(path, settings, "../x")
    assert not settings.home.exists()


def test_hostile_column_names_and_values_are_text(settings: Settings, tmp_path: Path) -> None:
    hostile = "x\"'; drop table raw.waves; --"
    survey = write_survey(
        tmp_path / "hostile",
        attribute_columns=CODEBOOK["attribute_columns"].replace(
            "2022,synthetic_marker,synthetisch",
            f'2022,synthetic_marker,"{hostile.replace(chr(34), chr(34) * 2)}"',
        ),
    )
    changed = replace(settings, survey=survey)
    table = good_table()
    table.pop("synthetisch")
    table[hostile] = [hostile] * 12
    deliver(write_delivery(tmp_path / "wave_2022.csv", table), changed)
    columns = "select * exclude (nr, org, rol, gewicht, v1, v2, v3) from raw.wave_2022"
    assert set(query(settings, columns)) == {(hostile,)}


def test_folders_with_odd_names_work(tmp_path: Path) -> None:
    folder = tmp_path / "it's a [home] * 'ü'"
    settings = settings_for(folder, write_survey(tmp_path / "a [survey] *"))
    for rows, suffix in enumerate(READERS, 12):
        hostile = folder / 'a\nb"; drop table raw.waves; --'
        path = write_delivery(hostile / f"wave [1] 'x' \n2022{suffix}", good_table(rows=rows))
        assert deliver(path, settings).is_new
