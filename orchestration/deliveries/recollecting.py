"""Recollecting: the lists of revisions of a home that has lost its warehouse and never had a ledger.

What was published tells of each revision that readers saw; what came to the archive since is told by
the files themselves. What belongs here: that fallback. What does not: the ledger, which is exact.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.deliveries.archive import archived_as
from orchestration.deliveries.arriving import arrival_at, is_manifest, stem_of
from orchestration.deliveries.warehouse import table_name
from orchestration.settings import Settings
from orchestration.sql import literal

# The figures of earlier revisions, and which cells were altered, are known to the ledger alone.
FROM_PUBLICATION = """
    insert into raw.deliveries by name
    select
        wave_id, revision, purpose, sha256, sha256 || '.' || format as file_name, format, row_count,
        'wave_' || wave_id as table_name, loaded_at
    from published.deliveries order by loaded_at;
    insert into raw.differences by name
    select
        wave_id, revision, rows_in, rows_out, rows_altered,
        coalesce(string_split(nullif(columns_in, ''), ', '), []) as columns_in,
        coalesce(string_split(nullif(columns_out, ''), ', '), []) as columns_out,
        map([]::varchar[], []::bigint[]) as cells_altered
    from published.deliveries where rows_in is not null order by loaded_at;
"""


def recollect(connection: DuckDBPyConnection, settings: Settings) -> None:
    """Fill the empty lists of an open warehouse from what is published and what is archived.

    A file that is not among what was published is a later revision where it is younger than that
    publication, or where nothing of its wave is known: the order is that of their times.
    """
    _from_publication(connection, settings)
    known = {
        wave_id: (revision, loaded_at)
        for wave_id, revision, loaded_at in connection.execute(
            "select wave_id, max(revision), max(loaded_at) from raw.deliveries group by all"
        ).fetchall()
    }
    checksums = {
        (wave_id, checksum)
        for wave_id, checksum in connection.execute(
            "select wave_id, sha256 from raw.deliveries"
        ).fetchall()
    }
    for wave_id, archived_at, file in _archived(settings):
        revision, last = known.get(wave_id, (0, datetime.min))
        if (wave_id, stem_of(file)) in checksums or archived_at <= last:
            continue
        known[wave_id] = (revision + 1, archived_at)
        arrival = arrival_at(file)
        said = arrival.manifest
        purpose = said.purpose if said is not None and said.purpose == "partial" else None
        connection.execute(
            "insert into raw.deliveries values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                wave_id,
                revision + 1,
                purpose or ("correction" if revision else "first"),
                stem_of(file),
                arrival.file_name,
                file.name.partition(".")[2],
                said.file.rows or 0 if said is not None else 0,
                table_name(wave_id),
                archived_at,
            ],
        )


def _from_publication(connection: DuckDBPyConnection, settings: Settings) -> None:
    place = settings.published / "marts.duckdb"
    if not place.exists():
        return
    connection.begin()
    try:
        connection.execute(f"attach {literal(str(place))} as published (read_only)")
        connection.execute(FROM_PUBLICATION)
        _name_files(connection, settings)
        connection.commit()
    except (duckdb.IOException, duckdb.CatalogException):
        # Damaged, or of other software; the archive alone has to do.
        connection.rollback()


def _name_files(connection: DuckDBPyConnection, settings: Settings) -> None:
    """List each file by the name that its sender gave it, which is not published."""
    for wave_id, checksum, format in connection.execute(
        "select distinct wave_id, sha256, format from raw.deliveries"
    ).fetchall():
        file = archived_as(settings.archive, wave_id, checksum, f".{format}")
        if file.is_file():
            connection.execute(
                "update raw.deliveries set file_name = ? where wave_id = ? and sha256 = ?",
                [arrival_at(file).file_name, wave_id, checksum],
            )


def _archived(settings: Settings) -> Iterator[tuple[str, datetime, Path]]:
    """Every archived delivery with its wave and the time, in UTC, when it was taken in; oldest first."""
    found = [
        (datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(tzinfo=None), path)
        for path in settings.archive.glob("*/[!.]*")
        if not is_manifest(path.name)
    ]
    for archived_at, path in sorted(found):
        yield path.parent.name, archived_at, path
