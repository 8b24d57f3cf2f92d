"""What a tombstone promises: its respondent is left out, nobody else is, and no byte is left behind."""

from __future__ import annotations

import stat
from pathlib import Path

import duckdb
import pytest

from orchestration.deliveries.errors import DeliveryError, WarehouseBusy
from orchestration.deliveries.formats import READERS
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import TABLE
from orchestration.deliveries.pseudonyms import parameters, pseudonym, read_key
from orchestration.deliveries.rewriting import rewritten
from orchestration.deliveries.tombstones import (
    forgotten,
    leave_out,
    redacted_copy,
    set_tombstone,
    tombstones_file,
)
from orchestration.settings import Settings
from tests.builders import settings_for


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def hidden(settings: Settings, wave_id: str, respondent_id: str) -> str:
    key = read_key(settings.key_file, may_create=True)
    with duckdb.connect() as connection:
        row = connection.execute(
            f"select {pseudonym('id')} from (select $id as id)",
            {"id": respondent_id, **parameters(key, wave_id)},
        ).fetchone()
    assert row
    return str(row[0])


def delivered(*ids: str, database: str | Path = ":memory:") -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(database)
    connection.execute(f'create table {TABLE} ("the nr" varchar, v1 varchar)')
    connection.executemany(f"insert into {TABLE} values (?, ?)", [(each, "1") for each in ids])
    return connection


def ids_in(connection: duckdb.DuckDBPyConnection) -> list[str]:
    return [row[0] for row in connection.execute(f'select "the nr" from {TABLE}').fetchall()]


def test_only_the_very_id_of_the_very_wave_is_left_out(settings: Settings) -> None:
    set_tombstone(settings, "2022", hidden(settings, "2022", "00123"))
    with delivered("00123", "123", "0123", " 00123", "00124") as connection:
        assert leave_out(connection, settings, "2024", "the nr") == 0
        assert leave_out(connection, settings, "2022", "the nr") == 1
        assert ids_in(connection) == ["123", "0123", " 00123", "00124"]
        assert leave_out(connection, settings, "2022", "the nr") == 0


def test_everybody_who_was_forgotten_is_left_out(settings: Settings) -> None:
    for respondent in ("a", "b"):
        set_tombstone(settings, "2022", hidden(settings, "2022", respondent))
    with delivered("a", "b", "c", "a") as connection:
        assert leave_out(connection, settings, "2022", "the nr") == 3
        assert ids_in(connection) == ["c"]


def test_where_nobody_was_forgotten_no_key_is_asked_for(settings: Settings) -> None:
    with delivered("a") as connection:
        assert leave_out(connection, settings, "2022", "the nr") == 0
    assert not settings.home.exists()


def test_a_tombstone_stands_once_and_keeps_its_time(settings: Settings) -> None:
    first = set_tombstone(settings, "2022", "f" * 64)
    other = set_tombstone(settings, "2024", "f" * 64)
    assert set_tombstone(settings, "2022", "f" * 64) == first != other
    assert forgotten(settings, "2022") == {"f" * 64}
    place = tombstones_file(settings)
    assert len(place.read_text(encoding="utf-8").splitlines()) == 3
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert [path.name for path in place.parent.iterdir()] == ["tombstones.csv"]


@pytest.mark.parametrize(
    "text", ["", "wave_id,pseudonym\n2022,ff\n", "wave_id,pseudonym,erased_at\n2022\n"]
)
def test_damaged_tombstones_let_no_delivery_pass(settings: Settings, text: str) -> None:
    settings.erasures.mkdir(parents=True)
    tombstones_file(settings).write_text(text, encoding="utf-8")
    with (
        delivered("a") as connection,
        pytest.raises(DeliveryError, match="restore it from its backup"),
    ):
        leave_out(connection, settings, "2022", "the nr")


def test_without_the_key_no_delivery_passes(settings: Settings) -> None:
    set_tombstone(settings, "2022", hidden(settings, "2022", "a"))
    settings.key_file.unlink()
    with delivered("a") as connection, pytest.raises(DeliveryError, match="is gone"):
        leave_out(connection, settings, "2022", "the nr")


def test_a_redacted_copy_is_read_as_the_same_text(tmp_path: Path) -> None:
    with delivered("00123", "1e3", "é", "NaN") as connection:
        connection.execute(f"insert into {TABLE} values ('12.50', null)")
        before = connection.execute(f"from {TABLE}").fetchall()
        copy = redacted_copy(connection, tmp_path)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with duckdb.connect() as connection:
        table = READERS[".parquet"](copy, connection, tmp_path, Reading())
        assert not table.problems
        assert [column.name for column in table.columns] == ["the nr", "v1"]
        assert connection.execute(f"from {TABLE}").fetchall() == before


def test_a_database_written_anew_holds_no_byte_of_what_was_deleted(tmp_path: Path) -> None:
    database = tmp_path / "2022.duckdb"
    name = "respondent-whom-nobody-knows"
    with delivered("a", name, "b", database=database) as connection:
        connection.execute("checkpoint")
        connection.execute(f'delete from {TABLE} where "the nr" = ?', [name])
    assert name.encode() in database.read_bytes()
    rewritten(database)
    assert name.encode() not in database.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["2022.duckdb"]
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    with duckdb.connect(database, read_only=True) as connection:
        assert ids_in(connection) == ["a", "b"]


def test_a_database_written_anew_is_the_same_in_all_else(tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    with duckdb.connect(database) as connection:
        connection.execute(
            """
            create schema raw;
            create type raw.mood as enum ('good', 'bad');
            create sequence raw.numbers start 7;
            create table raw.deliveries (
                wave_id varchar not null, revision integer default nextval('raw.numbers'),
                mood raw.mood, seen timestamptz default now(), cells map(varchar, bigint),
                primary key (wave_id, revision)
            );
            comment on table raw.deliveries is 'One row per delivery; it''s "told".';
            comment on column raw.deliveries.mood is 'A mood.';
            create view raw.waves as select * from "warehouse"."raw"."deliveries";
            comment on view raw.waves is 'A view.';
            create view raw.earlier as select * from raw.waves;
            create view raw.later as
                select * replace (revision + 1 as revision, upper(wave_id) as wave_id) from raw.waves;
            create macro raw.twice(x) as x * 2;
            insert into raw.deliveries (wave_id, mood, cells) values ('a', 'bad', map {'v1': 3});
            """
        )
        views = "from raw.earlier union all from raw.later"
        before = connection.execute(views).fetchall()
    rewritten(database)
    with duckdb.connect(database) as connection:
        assert connection.execute(views).fetchall() == before
        told = "select comment from duckdb_tables() union all select comment from duckdb_views() where comment is not null union all select comment from duckdb_columns() where comment is not null"
        assert {row[0] for row in connection.execute(told).fetchall()} == {
            'One row per delivery; it\'s "told".',
            "A view.",
            "A mood.",
        }
        connection.execute("insert into raw.deliveries (wave_id, mood) values ('a', 'good')")
        assert connection.execute("select revision from raw.waves").fetchall() == [(7,), (8,)]
        with pytest.raises(duckdb.ConstraintException):
            connection.execute("insert into raw.deliveries (wave_id, revision) values ('a', 8)")


def test_a_database_that_is_open_elsewhere_is_not_written_anew(tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    with delivered("a", database=database), pytest.raises(WarehouseBusy, match="try again"):
        rewritten(database)
