"""A warehouse of another version of the software is brought up to date or left alone, never misread."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.deliveries import schema
from orchestration.deliveries.door import accept
from orchestration.deliveries.errors import WarehouseDamaged, WarehouseOutdated
from orchestration.deliveries.history import revisions
from orchestration.deliveries.loading import load
from orchestration.deliveries.schema import MIGRATIONS, SCHEMA_VERSION, version_of
from orchestration.deliveries.warehouse import connected, state
from orchestration.settings import Settings
from tests.builders import good_table, write_delivery

BEFORE_VERSIONS = """
    drop table raw.warehouse_version;
    drop table raw.differences;
    drop table raw.figures_before;
"""


def change(settings: Settings, sql: str) -> None:
    """Alter the warehouse behind the software's back."""
    with duckdb.connect(settings.warehouse) as connection:
        connection.execute(sql)


def lists(settings: Settings) -> list[tuple[str]]:
    """The statements that would make the lists of the warehouse."""
    with duckdb.connect(settings.warehouse, read_only=True) as connection:
        return connection.execute(
            "select sql from duckdb_tables() where table_name not like 'wave_%' order by all"
        ).fetchall()


def test_a_new_warehouse_has_the_version_of_the_software(loaded: Settings) -> None:
    with connected(loaded, read_only=True) as connection:
        assert version_of(connection) == SCHEMA_VERSION


@pytest.mark.parametrize("reads_first", [True, False])
def test_a_warehouse_from_before_versions_is_brought_up_to_date(
    loaded: Settings, tmp_path: Path, reads_first: bool
) -> None:
    before, today = state(loaded), lists(loaded)
    change(loaded, BEFORE_VERSIONS)
    if reads_first:
        assert state(loaded) == before
        assert lists(loaded) == today
    accept(write_delivery(tmp_path / "again_2022.csv", good_table(14)), loaded)
    load(loaded, "2022")
    assert lists(loaded) == today
    assert [each.wave.revision for each in revisions(loaded, "2022")] == [1, 2]


def test_a_warehouse_that_no_migration_leads_on_from_asks_for_a_rebuild(
    loaded: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    content = loaded.warehouse.read_bytes()
    for read_only in (True, False):
        with (
            pytest.raises(WarehouseOutdated, match="run `vakwerk rebuild`"),
            connected(loaded, read_only=read_only),
        ):
            pass
    assert loaded.warehouse.read_bytes() == content


def test_a_warehouse_of_newer_software_is_refused_and_left_alone(
    loaded: Settings, tmp_path: Path
) -> None:
    change(loaded, f"update raw.warehouse_version set version = {SCHEMA_VERSION + 1}")
    content = loaded.warehouse.read_bytes()
    file = write_delivery(tmp_path / "again_2022.csv", good_table(14))
    told = f"warehouse.duckdb is of version {SCHEMA_VERSION + 1}, and this software knows versions"
    with pytest.raises(WarehouseOutdated, match=told):
        state(loaded)
    with pytest.raises(WarehouseOutdated, match=told):
        accept(file, loaded)
    with pytest.raises(WarehouseOutdated, match=told), connected(loaded):
        pass
    assert loaded.warehouse.read_bytes() == content


def test_every_migration_leads_to_a_version_that_there_is() -> None:
    assert all(0 <= older < SCHEMA_VERSION for older in MIGRATIONS)


def test_damage_that_shows_while_reading_is_told_as_such(loaded: Settings) -> None:
    with connected(loaded) as connection:
        connection.execute("create table raw.long as select hash(range) as h from range(200000)")
    content = bytearray(loaded.warehouse.read_bytes())
    # Beginning and end of the file tell what tables there are.
    for place in range(len(content) // 4, len(content) // 2, 4096):
        content[place] ^= 255
    loaded.warehouse.write_bytes(content)
    with (
        pytest.raises(WarehouseDamaged, match="`vakwerk rebuild` makes the warehouse again"),
        connected(loaded, read_only=True) as connection,
    ):
        connection.execute("select sum(h) from raw.long").fetchall()
