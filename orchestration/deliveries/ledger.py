"""The ledger: the warehouse's lists of revisions, kept once more beside the archive.

Files in the archive do not tell which revision of a wave each was, when it was loaded, what it changed
and what the marts showed before. With the ledger the warehouse can be lost. What belongs here: writing
`archive/revisions.duckdb` and reading it. What does not: making the warehouse again (`rebuilding`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.private import owner_only, private_folder
from orchestration.deliveries.rewriting import unlink_database
from orchestration.deliveries.schema import is_current
from orchestration.deliveries.warehouse import LoadedWave, connected, loaded_waves
from orchestration.settings import Settings
from orchestration.sql import literal

LISTS = ("deliveries", "differences", "figures_before")
UNREADABLE = "cannot be read: put it back from a backup of the archive, or remove it"


def ledger_file(settings: Settings) -> Path:
    """Where the ledger stands; it is missing until a wave is loaded."""
    return settings.archive / "revisions.duckdb"


def keep_ledger(connection: DuckDBPyConnection, settings: Settings) -> None:
    """Write the lists of an open warehouse into the ledger, in one step, after they were committed.

    Raises what `refuse_older` raises.
    """
    refuse_older(connection, settings)
    if not loaded_waves(connection):
        return
    place = ledger_file(settings)
    fresh = place.with_name(f".{place.name}.fresh")
    unlink_database(fresh)
    private_folder(settings.archive)
    with owner_only():
        connection.execute(f"attach {literal(str(fresh))} as ledger")
        connection.execute("create schema ledger.raw")
        for name in ("warehouse_version", *LISTS):
            connection.execute(f"create table ledger.raw.{name} as from raw.{name}")
        # Detached, it is written out and has no log beside it.
        connection.execute("detach ledger")
    fresh.replace(place)


def begin_ledger(settings: Settings) -> None:
    """Write the ledger of a home from before it had one. Raises what `connected` raises."""
    if settings.warehouse.exists() and not ledger_file(settings).exists():
        with connected(settings) as connection:
            keep_ledger(connection, settings)


def is_kept(settings: Settings, wave: LoadedWave) -> bool:
    """Whether the ledger has a wave as it is loaded. Raises what `read_ledger` does."""
    if not ledger_file(settings).exists():
        return False
    with read_ledger(settings) as ledger:
        kept = ledger.execute(
            "select max(revision) from raw.deliveries where wave_id = ?", [wave.wave_id]
        ).fetchone()
    return kept == (wave.revision,)


def refuse_older(connection: DuckDBPyConnection, settings: Settings) -> None:
    """Let an open warehouse be only where it has every revision that was ever loaded.

    Raises DeliveryError where it has not, as an older copy of it or a new one, which would be taken
    for all there is; or where the ledger cannot be read.
    """
    if not ledger_file(settings).exists():
        return
    has = "select wave_id, revision from raw.deliveries"
    there = set(connection.execute(has).fetchall())
    with read_ledger(settings) as ledger:
        lost = sorted(set(ledger.execute(has).fetchall()) - there)
    if lost:
        named = ", ".join(f"revision {revision} of wave {wave_id}" for wave_id, revision in lost)
        raise DeliveryError(
            f"{settings.warehouse} does not have {named}, though they were loaded: run `vakwerk "
            "rebuild`, which makes it again from the archive. Nothing was changed."
        )


def read_ledger(settings: Settings) -> DuckDBPyConnection:
    """The ledger, opened for reading: its lists are in the schema `raw`.

    Raises DeliveryError where it cannot be read, WarehouseOutdated where newer software wrote it.
    """
    place = ledger_file(settings)
    try:
        ledger = duckdb.connect(place, read_only=True)
    except duckdb.Error as error:
        raise DeliveryError(f"{place} {UNREADABLE} ({str(error).splitlines()[0]}).") from error
    is_current(ledger, place.name)
    return ledger


def copy_ledger(connection: DuckDBPyConnection, settings: Settings) -> None:
    """Fill the empty lists of an open warehouse from the ledger. Raises what `read_ledger` does."""
    read_ledger(settings).close()
    place = literal(str(ledger_file(settings)))
    connection.execute(f"attach {place} as ledger (read_only)")
    try:
        for name in LISTS:
            connection.execute(f"insert into raw.{name} by name from ledger.raw.{name}")
    except duckdb.Error as error:
        raise DeliveryError(f"{place} {UNREADABLE} ({str(error).splitlines()[0]}).") from error
    finally:
        connection.execute("detach ledger")
