"""The files: a person leaves the delivery that waits, and every delivery in the archive.

Each step may be done again. What does not belong here: what was refused, and reports (`reports`).
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import duckdb
import yaml

from orchestration.deliveries.accepted import database_of, file_of, remove, waiting_for
from orchestration.deliveries.archive import REDACTED, is_sound
from orchestration.deliveries.arriving import is_manifest
from orchestration.deliveries.erasure.certificate import Removal
from orchestration.deliveries.erasure.person import Person
from orchestration.deliveries.erasure.reading_again import is_whole, read_again, workplace
from orchestration.deliveries.formats import format_of
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import TABLE, DeliveredTable
from orchestration.deliveries.manifest import MANIFEST, DeliveredFile, Manifest, manifest_of
from orchestration.deliveries.rewriting import rewritten
from orchestration.deliveries.tombstones import leave_out, redacted_copy
from orchestration.settings import Settings


def erase_waiting(settings: Settings, person: Person) -> Iterator[Removal]:
    """The accepted delivery that waits to be loaded goes on waiting, without the person."""
    waiting = waiting_for(settings.accepted, person.wave_id)
    if waiting is None:
        return
    database = database_of(settings.accepted, person.wave_id)
    redacted = file_of(settings.accepted, person.wave_id, REDACTED)
    place = f"{settings.accepted.name}/{person.wave_id}"
    with workplace(settings) as folder, duckdb.connect(database) as connection:
        connection.begin()
        left_out = leave_out(connection, settings, person.wave_id, waiting.respondent_column)
        if left_out:
            yield Removal(f"{place}.duckdb", "deleted", TABLE, left_out)
            yield Removal(f"{place}.{waiting.format}", f"replaced by {redacted.name}")
            copy = redacted_copy(connection, folder)
            rows = waiting.row_count - left_out
            said = Manifest.model_validate(yaml.safe_load(waiting.manifest))
            name = f"{waiting.sha256}{REDACTED}"
            connection.execute(
                "update delivery set format = ?, row_count = ?, manifest = ?",
                [
                    REDACTED.removeprefix("."),
                    rows,
                    _redacted_manifest(said, name, copy, rows, Reading()),
                ],
            )
            copy.replace(redacted)
        connection.commit()
    if left_out == waiting.row_count:
        remove(settings.accepted, person.wave_id)
        return
    # Also where a killed call has left the row out, and this undone.
    rewritten(database)
    if redacted.exists():
        for path in settings.accepted.glob(f"{person.wave_id}.*"):
            if path != redacted and format_of(path.name):
                path.unlink()


def erase_archived(settings: Settings, person: Person) -> Iterator[Removal | str]:
    """Every archived file that holds the person is replaced by a Parquet file that does not.

    A file that cannot be read is left to a person: a sentence says so.
    """
    for path in sorted((settings.archive / person.wave_id).glob("[!.]*")):
        if is_manifest(path.name):
            continue
        place = path.relative_to(settings.home).as_posix()
        if not is_sound(path):
            yield (
                f"{place} cannot be read as it came, for it is damaged: put it back from a backup of "
                "the archive, or remove it, and forget the respondent again."
            )
            continue
        checksum = path.name.partition(".")[0]
        redacted = path.with_name(f"{checksum}{REDACTED}")
        manifest_file = path.with_name(f"{checksum}.{MANIFEST}")
        manifest = _manifest(manifest_file)
        reading = manifest.reading if manifest else Reading()
        with (
            workplace(settings) as folder,
            read_again(path, folder, reading) as (connection, table),
        ):
            if not (is_whole(table) and _has(table, person.respondent_column)):
                yield (
                    f"{place} cannot be read, or has no column {person.respondent_column!r}: "
                    "remove it, or mend the codebook, and forget the respondent again."
                )
                continue
            left_out = leave_out(connection, settings, person.wave_id, person.respondent_column)
            if not left_out:
                continue
            yield Removal(place, f"replaced by {redacted.name}", rows=left_out)
            copy = redacted_copy(connection, folder)
            if manifest:
                # The numbers in the copy are as they were delivered.
                kept = Reading(decimal=reading.decimal)
                rows = table.row_count - left_out
                text = _redacted_manifest(manifest, redacted.name, copy, rows, kept)
                written = folder / MANIFEST
                written.write_text(text, encoding="utf-8")
                written.replace(manifest_file)
            copy.replace(redacted)
        if path != redacted:
            path.unlink()


def redacted_in(archive: Path, wave_id: str) -> list[str]:
    """The checksums of the deliveries whose archived files were redacted."""
    files = (archive / wave_id).glob(f"*{REDACTED}")
    return sorted(path.name.removesuffix(REDACTED) for path in files)


def _has(table: DeliveredTable, column: str) -> bool:
    return any(each.label == column for each in table.columns)


def _manifest(path: Path) -> Manifest | None:
    if not path.exists():
        return None
    return Manifest.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def _redacted_manifest(
    said: Manifest, redacted: str, copy: Path, rows: int, reading: Reading
) -> str:
    """The manifest of a redacted file, as YAML: what it said of the delivered bytes is gone with them."""
    file = DeliveredFile(name=redacted, sha256=sha256(copy.read_bytes()).hexdigest(), rows=rows)
    return manifest_of(said.wave, file, reading, said).as_yaml()
