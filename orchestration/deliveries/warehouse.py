"""The warehouse's raw layer: opening the build database, and what is loaded in it.

What belongs here: the connection, the reading the lists of deliveries. What does not: their
tables (`schema`), and changing a wave, which `loading` does.
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
from orchestration.deliveries.schema import bring_up_to_date, is_current
from orchestration.machine import REBUILD, is_damaged, remedy
from orchestration.settings import PRIVATE_FILE, Settings

LOCKED = "Could not set lock on file"
WAVE_ID = re.compile(r"[a-z0-9_]+")


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

    One of an older version is brought up to date first. Raises WarehouseBusy while another process
    holds it, WarehouseDamaged where its file is, here or while it is read, WarehouseOutdated where
    it is of another version than can be read, DeliveryError where it cannot be opened.
    """
    path = settings.warehouse
    if not path.parent.exists():
        private_folder(path.parent)
    # What DuckDB makes beside the database while it is open is private too.
    with owner_only(), _told_of_damage(path):
        connection = _connect(path, read_only=read_only, threads=settings.threads)
        try:
            path.chmod(PRIVATE_FILE)
            if not is_current(connection, path.name) and read_only:
                connection.close()
                with connected(settings):
                    pass
                connection = _connect(path, read_only=True, threads=settings.threads)
            if not read_only:
                bring_up_to_date(connection, path.name)
            yield connection
        finally:
            connection.close()


@contextmanager
def opened(path: Path, *, threads: int) -> Iterator[DuckDBPyConnection]:
    """A warehouse opened for reading, whatever its version, and left wholly as it is.

    Raises what `connected` raises, but WarehouseOutdated.
    """
    with (
        _told_of_damage(path),
        _connect(path, read_only=True, threads=threads) as connection,
    ):
        yield connection


@contextmanager
def _told_of_damage(path: Path) -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        if not is_damaged(str(error)):
            raise
        raise WarehouseDamaged(
            f"{path} is damaged ({str(error).splitlines()[0]}). {REBUILD}"
        ) from error


def _connect(path: Path, *, read_only: bool, threads: int) -> DuckDBPyConnection:
    try:
        return duckdb.connect(path, read_only=read_only, config={"threads": threads})
    except duckdb.ConnectionException as error:
        raise WarehouseBusy(
            f"{path} is open in this very process: close that connection first."
        ) from error
    except duckdb.Error as error:
        if is_damaged(str(error)):
            raise
        if LOCKED not in str(error):
            what = remedy(str(error)) or "See whether another program has changed it."
            raise DeliveryError(f"{path} cannot be opened ({error}). {what}") from error
        holder = re.search(r"PID (\d+)", str(error))
        who = f"process {holder[1]}" if holder else "another process"
        raise WarehouseBusy(
            f"{path} is in use by {who}: wait until it is done, then try again."
        ) from error
