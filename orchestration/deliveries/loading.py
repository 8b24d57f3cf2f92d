"""Loading: an accepted delivery becomes `raw.wave_<id>`, whole or not at all.

What belongs here: the archive copy, the one transaction, and clearing up after it. What does not:
judging the delivery. Killed at any point, the next call finishes the work: the archive copy comes
before the commit, the ledger after it, and what waited is removed at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from orchestration.deliveries.accepted import (
    Waiting,
    database_of,
    exclusive,
    file_of,
    remove,
    to_load,
)
from orchestration.deliveries.archive import archived, put_in_archive, release
from orchestration.deliveries.differences import difference
from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.formats.table import TABLE
from orchestration.deliveries.ledger import is_kept, keep_ledger, refuse_older
from orchestration.deliveries.pseudonyms import parameters, pseudonym, read_key
from orchestration.deliveries.revising import add_revision, keep_difference, keep_figures
from orchestration.deliveries.warehouse import (
    LoadedWave,
    connected,
    loaded_waves,
    state,
    table_name,
)
from orchestration.settings import Settings
from orchestration.sql import identifier, literal


@dataclass(frozen=True)
class Loaded:
    """A wave as it is loaded after the call; `is_new` unless it was so before."""

    wave: LoadedWave
    is_new: bool


def load(settings: Settings, wave_id: str) -> Loaded:
    """Load the accepted delivery of a wave; without one, or with one held back, it stays as it is.

    Raises DeliveryError where the wave is neither loaded nor waiting, WarehouseBusy where another
    process holds the warehouse.
    """
    table_name(wave_id)
    with exclusive(settings.accepted):
        waiting = to_load(settings.accepted, wave_id)
        if waiting is None:
            current = state(settings).get(wave_id)
            if current is None:
                raise DeliveryError(
                    f"Wave {wave_id} is not loaded, and no delivery of it waits: "
                    f"put its file into {settings.landing}."
                )
            if not is_kept(settings, current):
                # A killed call came so far, or the home is from before the ledger.
                with connected(settings) as connection:
                    keep_ledger(connection, settings)
            return Loaded(current, is_new=False)
        with connected(settings) as connection:
            refuse_older(connection, settings)
            before = loaded_waves(connection)
            is_new = wave_id not in before or before[wave_id].sha256 != waiting.sha256
            if is_new:
                suffix = f".{waiting.format}"
                key = read_key(settings.key_file, may_create=not before)
                place = archived(settings.archive, wave_id, waiting.sha256, suffix)
                put_in_archive(file_of(settings.accepted, wave_id, suffix), place)
                _archive_manifest(settings.archive / wave_id, waiting)
                _replace(connection, database_of(settings.accepted, wave_id), waiting, key)
            keep_ledger(connection, settings)
            wave = loaded_waves(connection)[wave_id]
        remove(settings.accepted, wave_id)
        release(Path(waiting.source), settings.landing, waiting.size, waiting.modified)
        return Loaded(wave, is_new)


def make_table(
    connection: DuckDBPyConnection, wave_id: str, respondent_column: str, key: bytes
) -> None:
    """Make a wave's raw table of the delivery that is attached as `accepted`, its ids hidden."""
    connection.execute(
        f"""
        create table raw.{identifier(table_name(wave_id))} as
        select * replace ({pseudonym(respondent_column)} as {identifier(respondent_column)})
        from accepted.{TABLE}
        """,  # noqa: S608
        parameters(key, wave_id),
    )


def _archive_manifest(folder: Path, waiting: Waiting) -> None:
    """Write beside the archived file how it was read, so that it can be taken in again."""
    place = folder / f"{waiting.sha256}.delivery.yml"
    incomplete = place.with_name(f".{place.name}")
    incomplete.write_text(waiting.manifest, encoding="utf-8")
    incomplete.replace(place)


def _replace(connection: DuckDBPyConnection, database: Path, waiting: Waiting, key: bytes) -> None:
    """Replace the wave's table, and list the delivery and what it changes, in one transaction."""
    table = f"raw.{identifier(table_name(waiting.wave_id))}"
    connection.execute(f"attach {literal(str(database))} as accepted (read_only)")
    connection.begin()
    is_first = waiting.wave_id not in loaded_waves(connection)
    if not is_first:
        connection.execute(f"alter table {table} rename to replaced")
    make_table(connection, waiting.wave_id, waiting.respondent_column, key)
    revision = add_revision(
        connection,
        waiting.wave_id,
        purpose=waiting.purpose,
        sha256=waiting.sha256,
        file_name=waiting.file_name,
        format=waiting.format,
        row_count=waiting.row_count,
    )
    if not is_first:
        change = difference(connection, "raw.replaced", table, waiting.respondent_column)
        keep_difference(connection, waiting.wave_id, revision, change)
        keep_figures(connection, waiting.wave_id, revision)
        connection.execute("drop table raw.replaced")
    connection.commit()
    connection.execute("detach accepted")
