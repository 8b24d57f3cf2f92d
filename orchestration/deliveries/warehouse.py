"""The warehouse's raw layer: opening the build database, and what is loaded in it.

What belongs here: the connection, the tables that list deliveries, and reading them. What does not:
changing a wave, which `loading` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.deliveries.errors import DeliveryError, WarehouseBusy, WarehouseDamaged
from orchestration.deliveries.private import owner_only, private_folder
from orchestration.machine import REBUILD, is_damaged, remedy
from orchestration.settings import PRIVATE_FILE, Settings

LOCKED = "Could not set lock on file"
WAVE_ID = re.compile(r"[a-z0-9_]+")

RAW_SCHEMA = """
    create schema if not exists raw;
    create table if not exists raw.deliveries (
        wave_id varchar not null,
        revision integer not null,
        purpose varchar not null,
        sha256 varchar not null,
        file_name varchar not null,
        format varchar not null,
        row_count bigint not null,
        table_name varchar not null,
        loaded_at timestamp not null,
        primary key (wave_id, revision)
    );
    comment on table raw.deliveries is 'One row per delivery ever loaded: a revision of its wave.';
    comment on column raw.deliveries.loaded_at is 'In UTC.';
    create table if not exists raw.differences (
        wave_id varchar not null,
        revision integer not null,
        rows_in bigint not null,
        rows_out bigint not null,
        rows_altered bigint not null,
        columns_in varchar[] not null,
        columns_out varchar[] not null,
        cells_altered map(varchar, bigint) not null,
        primary key (wave_id, revision)
    );
    comment on table raw.differences is
        'One row per revision after the first: what it changed in the revision before it.';
    create table if not exists raw.figures_before (
        wave_id varchar not null,
        revision integer not null,
        item_id varchar not null,
        breakdown varchar not null,
        group_code varchar not null,
        mean double not null,
        standard_error double,
        primary key (wave_id, revision, item_id, breakdown, group_code)
    );
    comment on table raw.figures_before is
        'One row per revision and figure that the marts showed of its wave when it was loaded.';
    create or replace view raw.waves as
    from raw.deliveries
    qualify row_number() over (partition by wave_id order by revision desc) = 1;
    comment on view raw.waves is 'One row per loaded wave: its latest delivery.';
"""


@dataclass(frozen=True)
class LoadedWave:
    """A wave as it is loaded now, a row of `raw.waves`; `loaded_at` is in UTC."""

    wave_id: str
    revision: int
    purpose: str
    sha256: str
    file_name: str
    format: str
    row_count: int
    table_name: str
    loaded_at: datetime


def table_name(wave_id: str) -> str:
    """The name of a wave's raw table in the schema `raw`.

    Raises DeliveryError for a wave id that is not lower-case letters, digits and underscores.
    """
    if not WAVE_ID.fullmatch(wave_id):
        raise DeliveryError(
            f"{wave_id!r} cannot name a wave: use lower-case letters, digits and underscores in "
            "waves.csv."
        )
    return f"wave_{wave_id}"


def state(settings: Settings) -> Mapping[str, LoadedWave]:
    """The loaded waves by id; none where there is no warehouse yet. Opens it for reading only.

    Raises WarehouseBusy while another process writes to it.
    """
    if not settings.warehouse.exists():
        return {}
    with connected(settings, read_only=True) as connection:
        return loaded_waves(connection)


def loaded_waves(connection: DuckDBPyConnection) -> dict[str, LoadedWave]:
    """The loaded waves by id, in an open warehouse."""
    found = connection.execute(
        "select 1 from duckdb_views() where schema_name = 'raw' and view_name = 'waves'"
    ).fetchone()
    if found is None:
        return {}
    rows = connection.execute(
        """
        select
            wave_id, revision, purpose, sha256, file_name, format, row_count, table_name, loaded_at
        from raw.waves order by wave_id
        """
    ).fetchall()
    return {row[0]: LoadedWave(*row) for row in rows}


def has_table(connection: DuckDBPyConnection, schema: str, name: str) -> bool:
    """Whether an open warehouse has a table; one of an older version may lack it."""
    found = connection.execute(
        "select 1 from duckdb_tables() where schema_name = ? and table_name = ?", [schema, name]
    ).fetchone()
    return found is not None


@contextmanager
def connected(settings: Settings, *, read_only: bool = False) -> Iterator[DuckDBPyConnection]:
    """A connection to the warehouse, made where it is missing and closed at the end.

    Raises WarehouseBusy while another process holds it, WarehouseDamaged where its file is damaged,
    also where that shows only in what is read from it; DeliveryError where it cannot be opened.
    """
    path = settings.warehouse
    if not path.parent.exists():
        private_folder(path.parent)
    # What DuckDB makes beside the database while it is open is private too.
    with owner_only():
        connection = _connect(path, read_only=read_only, threads=settings.threads)
        try:
            path.chmod(PRIVATE_FILE)
            yield connection
        except duckdb.Error as error:
            if is_damaged(str(error)):
                raise _damaged(path, error) from error
            raise
        finally:
            connection.close()


def _connect(path: Path, *, read_only: bool, threads: int) -> DuckDBPyConnection:
    try:
        return duckdb.connect(path, read_only=read_only, config={"threads": threads})
    except duckdb.ConnectionException as error:
        raise WarehouseBusy(
            f"{path} is open in this very process: close that connection first."
        ) from error
    except duckdb.Error as error:
        if is_damaged(str(error)):
            raise _damaged(path, error) from error
        if LOCKED not in str(error):
            what = remedy(str(error)) or "See whether another program has changed it."
            raise DeliveryError(f"{path} cannot be opened ({error}). {what}") from error
        holder = re.search(r"PID (\d+)", str(error))
        who = f"process {holder[1]}" if holder else "another process"
        raise WarehouseBusy(
            f"{path} is in use by {who}: wait until it is done, then try again."
        ) from error


def _damaged(path: Path, error: duckdb.Error) -> WarehouseDamaged:
    return WarehouseDamaged(f"{path} is damaged ({str(error).splitlines()[0]}). {REBUILD}")
