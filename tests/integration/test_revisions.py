"""What the history of a wave promises: every revision, what it changed, and the way back."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.deliveries.differences import Difference
from orchestration.deliveries.door import accept
from orchestration.deliveries.errors import DeliveryError, DeliveryRefused
from orchestration.deliveries.history import moved_figures, revisions
from orchestration.deliveries.loading import Loaded, load
from orchestration.deliveries.restoring import restore
from orchestration.deliveries.revising import keep_figures
from orchestration.deliveries.warehouse import connected, state
from orchestration.settings import Settings
from tests.builders import good_table, settings_for, write_delivery


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


@pytest.fixture
def corrected(settings: Settings, tmp_path: Path) -> Settings:
    """A wave of twelve respondents, and its correction with one gone and one altered."""
    deliver(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
    table = good_table(rows=11)
    table["v3"][0] = "2"
    deliver(write_delivery(tmp_path / "corrected_2022.sav", table), settings)
    return settings


def deliver(path: Path, settings: Settings) -> Loaded:
    return load(settings, accept(path, settings).wave_id)


def with_manifest(path: Path, purpose: str) -> Path:
    said = {"wave": "2022", "purpose": purpose, "files": [{"name": path.name}]}
    (path.parent / "delivery.yml").write_text(yaml.safe_dump(said))
    return path


def answers(settings: Settings) -> list[tuple[object, ...]]:
    with duckdb.connect(settings.warehouse, read_only=True) as connection:
        return connection.execute("from raw.wave_2022 order by all").fetchall()


def purposes(settings: Settings) -> list[str]:
    return [each.wave.purpose for each in revisions(settings, "2022")]


def test_every_revision_says_what_it_changed_in_the_one_before(corrected: Settings) -> None:
    first, second = revisions(corrected, "2022")
    assert (first.wave.revision, first.wave.purpose, first.difference) == (1, "first", None)
    assert (second.wave.revision, second.wave.purpose) == (2, "correction")
    assert second.difference == Difference(rows_out=1, rows_altered=1, cells_altered={"v3": 1})
    assert second.figures_compared is None


def test_the_history_has_every_wave_in_order(corrected: Settings, tmp_path: Path) -> None:
    deliver(write_delivery(tmp_path / "wave_2024.csv", good_table()), corrected)
    found = [(each.wave.wave_id, each.wave.revision) for each in revisions(corrected)]
    assert found == [("2022", 1), ("2022", 2), ("2024", 1)]


def test_without_a_warehouse_there_is_no_history(settings: Settings) -> None:
    assert revisions(settings) == []
    assert moved_figures(settings, "2022") == []


def test_a_warehouse_of_an_older_version_goes_on_working(
    corrected: Settings, tmp_path: Path
) -> None:
    with connected(corrected) as connection:
        for name in ("differences", "figures_before", "warehouse_version"):
            connection.execute(f"drop table raw.{name}")
    assert [each.difference for each in revisions(corrected)] == [None, None]
    deliver(write_delivery(tmp_path / "again_2022.csv", good_table(rows=13)), corrected)
    assert [each.difference is None for each in revisions(corrected)] == [True, True, False]


@pytest.mark.parametrize(
    ("declared", "is_loaded", "recorded"),
    [
        ("partial", False, "partial"),
        ("partial", True, "partial"),
        ("correction", False, "first"),
        ("first", True, "correction"),
        ("correction", True, "correction"),
    ],
)
def test_the_purpose_is_the_manifests_where_the_warehouse_cannot_know_better(
    declared: str, is_loaded: bool, recorded: str, settings: Settings, tmp_path: Path
) -> None:
    if is_loaded:
        deliver(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
    path = write_delivery(tmp_path / "new" / "wave_2022.csv", good_table(rows=13))
    deliver(with_manifest(path, declared), settings)
    assert purposes(settings)[-1] == recorded


def test_the_archive_says_beside_each_file_how_it_was_read(
    settings: Settings, tmp_path: Path
) -> None:
    path = write_delivery(tmp_path / "new" / "wave_2022.csv", good_table())
    loaded = deliver(with_manifest(path, "partial"), settings)
    beside = settings.archive / "2022" / f"{loaded.wave.sha256}.delivery.yml"
    said = yaml.safe_load(beside.read_text())
    assert (said["wave"], said["files"][0]["rows"]) == ("2022", 12)
    assert said["files"][0]["sha256"] == loaded.wave.sha256
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600


def test_the_figures_that_the_marts_show_are_kept_before_a_wave_is_replaced(
    corrected: Settings, tmp_path: Path
) -> None:
    with connected(corrected) as connection:
        connection.execute("create schema marts")
        connection.execute(
            """
            create table marts.item_results as
            select
                unnest(['2022', '2022', '2024']) as wave_id, unnest(['shown', 'hidden', 'other']) as item_id,
                'total' as breakdown, 'all' as group_code, unnest([3.5, null, 4.0]) as mean,
                unnest([0.1, null, 0.1]) as standard_error, unnest([false, true, false]) as is_suppressed
            """
        )
    deliver(write_delivery(tmp_path / "again_2022.csv", good_table(rows=13)), corrected)
    with connected(corrected, read_only=True) as connection:
        kept = connection.execute(
            "select wave_id, revision, item_id, mean, standard_error from raw.figures_before"
        ).fetchall()
    assert kept == [("2022", 3, "shown", 3.5, 0.1)]


def test_no_figures_are_kept_where_nothing_was_built(corrected: Settings) -> None:
    with connected(corrected) as connection:
        keep_figures(connection, "2022", 3)
        assert connection.execute("select count(*) from raw.figures_before").fetchone() == (0,)


def test_an_earlier_revision_comes_back_as_a_new_one(corrected: Settings, tmp_path: Path) -> None:
    taken = restore(corrected, "2022", 1)
    assert taken.database is not None
    load(corrected, "2022")
    last = revisions(corrected, "2022")[-1]
    assert (last.wave.revision, last.wave.purpose, last.wave.row_count) == (3, "restored", 12)
    assert (last.wave.file_name, last.wave.format) == ("wave_2022.csv", "csv")
    assert last.difference == Difference(rows_in=1, rows_altered=1, cells_altered={"v3": 1})
    other = settings_for(tmp_path / "other", corrected.survey)
    other.key_file.parent.mkdir(parents=True)
    other.key_file.write_bytes(corrected.key_file.read_bytes())
    deliver(tmp_path / "wave_2022.csv", other)
    assert answers(corrected) == answers(other)


def test_a_revision_can_be_restored_again_and_again(corrected: Settings) -> None:
    for revision in (1, 2, 1, 4):
        if restore(corrected, "2022", revision).database is not None:
            load(corrected, "2022")
    assert purposes(corrected) == ["first", "correction", *["restored"] * 4]
    assert state(corrected)["2022"].row_count == 11


def test_the_revision_that_stands_needs_no_restoring(corrected: Settings) -> None:
    assert restore(corrected, "2022", 2).database is None
    assert purposes(corrected) == ["first", "correction"]


def test_a_revision_that_never_was_is_told_with_those_that_were(corrected: Settings) -> None:
    with pytest.raises(DeliveryError, match=r"no revision 7") as error:
        restore(corrected, "2022", 7)
    assert "1  first" in str(error.value)
    assert "2  correction" in str(error.value)
    with pytest.raises(DeliveryError, match=r"2024.*not loaded; loaded are: 2022"):
        restore(corrected, "2024", 1)


def test_a_file_that_is_gone_from_the_archive_is_told_by_its_place(corrected: Settings) -> None:
    (place,) = (corrected.archive / "2022").glob("*.csv")
    place.unlink()
    with pytest.raises(DeliveryError, match=r"revision 1 of wave 2022, is gone") as error:
        restore(corrected, "2022", 1)
    assert str(place) in str(error.value)
    assert purposes(corrected) == ["first", "correction"]


def test_a_delivery_that_waits_is_not_undone_by_restoring(corrected: Settings) -> None:
    write_delivery(corrected.landing / "newest_2022.csv", good_table(rows=14))
    with pytest.raises(DeliveryError, match=r"'newest_2022\.csv' waits"):
        restore(corrected, "2022", 1)
    accept(corrected.landing / "newest_2022.csv", corrected)
    (corrected.landing / "newest_2022.csv").unlink()
    with pytest.raises(DeliveryError, match=r"'newest_2022\.csv' waits"):
        restore(corrected, "2022", 1)
    assert load(corrected, "2022").wave.row_count == 14


def test_a_revision_that_no_longer_fits_the_codebook_is_refused_and_stays_archived(
    corrected: Settings,
) -> None:
    codes = corrected.codebook / "attribute_codes.csv"
    codes.write_text(codes.read_text().replace("2022,role,M,MW\n", ""))
    archived = sorted((corrected.archive / "2022").iterdir())
    with pytest.raises(DeliveryRefused):
        restore(corrected, "2022", 1)
    assert sorted((corrected.archive / "2022").iterdir()) == archived
    assert purposes(corrected) == ["first", "correction"]
