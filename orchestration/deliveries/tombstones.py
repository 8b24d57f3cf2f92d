"""Tombstones: who asked to be forgotten, by keyed hash, so that no later delivery brings them back.

`erasures/tombstones.csv` holds one row per forgotten respondent of a wave, and is the only place
where anything of them remains. What belongs here: that file, and leaving its respondents out of a
delivery. What does not: forgetting somebody, which `erasure` does.
"""

from __future__ import annotations

import csv
import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

from duckdb import DuckDBPyConnection

from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.formats.table import TABLE
from orchestration.deliveries.private import owner_only, private_folder
from orchestration.deliveries.pseudonyms import parameters, pseudonym, read_key
from orchestration.settings import Settings
from orchestration.sql import literal

COLUMNS = ["wave_id", "pseudonym", "erased_at"]


def tombstones_file(settings: Settings) -> Path:
    """Where the tombstones stand; the file is missing as long as nobody was forgotten."""
    return settings.erasures / "tombstones.csv"


def forgotten(settings: Settings, wave_id: str) -> frozenset[str]:
    """The pseudonyms of the respondents of a wave who were forgotten.

    Raises DeliveryError where the file of tombstones is damaged.
    """
    return frozenset(row[1] for row in _rows(settings) if row[0] == wave_id)


def set_tombstone(settings: Settings, wave_id: str, hidden: str) -> str:
    """Write the tombstone of a respondent, given by pseudonym, unless it stands already.

    Gives its `erased_at`, which no other tombstone has: it names the certificate of the erasure.
    """
    rows = _rows(settings)
    for row in rows:
        if row[:2] == [wave_id, hidden]:
            return row[2]
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    rows = [COLUMNS, *rows, [wave_id, hidden, now]]
    place = tombstones_file(settings)
    private_folder(place.parent)
    with (
        owner_only(),
        NamedTemporaryFile("w", dir=place.parent, newline="", delete=False) as file,
    ):
        csv.writer(file, lineterminator="\n").writerows(rows)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(place)
    return now


def leave_out(
    connection: DuckDBPyConnection, settings: Settings, wave_id: str, respondent_column: str
) -> int:
    """Delete the rows of forgotten respondents from the table `delivered`; gives their number.

    Their bytes stay in the database's file until it is written anew (`rewriting.rewritten`). Row
    numbers of the file are lost, so what reports them comes first. Raises DeliveryError where the
    key is gone or the tombstones are damaged.
    """
    hidden = forgotten(settings, wave_id)
    if not hidden:
        return 0
    key = read_key(settings.key_file, may_create=False)
    deleted = connection.execute(
        f"delete from {TABLE} where list_contains($forgotten, {pseudonym(respondent_column)})",  # noqa: S608
        {"forgotten": sorted(hidden), **parameters(key, wave_id)},
    ).fetchone()
    assert deleted is not None
    return int(deleted[0])


def redacted_copy(connection: DuckDBPyConnection, folder: Path) -> Path:
    """Write the table `delivered`, all of it text, as `redacted.parquet` in a folder."""
    place = folder / "redacted.parquet"
    with owner_only():
        connection.execute(f"copy {TABLE} to {literal(str(place))} (format parquet)")
    return place


def _rows(settings: Settings) -> list[list[str]]:
    place = tombstones_file(settings)
    if not place.exists():
        return []
    with place.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if rows[:1] != [COLUMNS] or any(len(row) != len(COLUMNS) for row in rows):
        raise DeliveryError(
            f"{place} is damaged: restore it from its backup, or people who were forgotten come back."
        )
    return rows[1:]
