"""The archive: every file is what its name says, and every revision that was loaded has its file."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path

from orchestration.deliveries.archive import REDACTED, archived_as
from orchestration.deliveries.arriving import arrival_at, is_manifest, stem_of
from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.ledger import ledger_file, read_ledger
from orchestration.doctor.finding import Finding, listed, ok, wrong
from orchestration.doctor.warehouse import Warehouse
from orchestration.settings import Settings

FROM_BACKUP = "Put them back from a backup of the archive; until then they cannot be made again."


def archive(settings: Settings) -> Finding:
    """Every archived file against the sha256 that it is named by, or that its manifest says."""
    altered, whole = [], 0
    for path in sorted(settings.archive.glob("*/[!.]*")):
        if not is_manifest(path.name):
            if _checksum(path) == _expected(path):
                whole += 1
            else:
                altered.append(path.relative_to(settings.home))
    if altered:
        return wrong("archive", f"Altered: {listed(altered)}.", FROM_BACKUP)
    return ok("archive", f"{whole} files are as they came.")


def deliveries(settings: Settings, warehouse: Warehouse) -> Finding:
    """Every loaded revision against the archive, and the ledger against the warehouse."""
    try:
        kept = _kept(settings)
    except DeliveryError as error:
        return wrong("deliveries", str(error), "Then `vakwerk run` writes it again.")
    loaded = warehouse.deliveries if warehouse.deliveries is not None else kept
    gone = [
        f"{file.relative_to(settings.home)} (revision {revision} of wave {wave_id})"
        for wave_id, revision, checksum, format in sorted(loaded)
        if not (file := archived_as(settings.archive, wave_id, checksum, f".{format}")).is_file()
    ]
    if gone:
        return wrong("deliveries", f"Gone from the archive: {listed(gone)}.", FROM_BACKUP)
    if lost := sorted(kept - loaded):
        named = listed([f"revision {each[1]} of wave {each[0]}" for each in lost])
        return wrong(
            "deliveries",
            f"Loaded once, and not in the warehouse: {named}.",
            "`vakwerk rebuild` makes it again from the archive.",
        )
    if warehouse.deliveries and kept != loaded:
        return wrong(
            "deliveries",
            f"{ledger_file(settings).relative_to(settings.home)} lacks revisions that are loaded.",
            "`vakwerk run` writes it.",
        )
    return ok("deliveries", f"{len(loaded)} revisions have their files.")


def _kept(settings: Settings) -> set[tuple[str, int, str, str]]:
    if not ledger_file(settings).exists():
        return set()
    with read_ledger(settings) as ledger:
        rows = ledger.execute("select wave_id, revision, sha256, format from raw.deliveries")
        return set(rows.fetchall())


def _expected(path: Path) -> str | None:
    if not path.name.endswith(REDACTED):
        return stem_of(path)
    manifest = arrival_at(path).manifest
    # One from before manifests were archived has nobody to say.
    return manifest.file.sha256 if manifest is not None else _checksum(path)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
