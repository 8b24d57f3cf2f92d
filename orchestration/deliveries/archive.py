"""The archive: every loaded delivery as it came, named by its sha256 and never changed.

What belongs here: taking a file in as a private copy, and giving that copy its place. What does
not: what is in the file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from orchestration.deliveries.arriving import Arrival, arrival_at, stem_of
from orchestration.deliveries.errors import DeliveryError, StillArriving
from orchestration.deliveries.manifest import MANIFEST
from orchestration.deliveries.private import private_folder
from orchestration.machine import WRITING

CHUNK = 1 << 20
REDACTED = ".redacted.parquet"


@dataclass(frozen=True)
class Original:
    """A delivery as it was taken in: `copy` holds its bytes, whatever happens to the source later.

    `suffix` says how it is read; `size` and `modified` (nanoseconds) are the source's, by which it
    is known again. `checksum` is the copy's sha256; `sha256` that by which the delivery is known.
    """

    arrival: Arrival
    suffix: str
    copy: Path
    sha256: str
    checksum: str
    size: int
    modified: int

    @property
    def source(self) -> Path:
        """Where the file was found."""
        return self.arrival.file

    @property
    def file_name(self) -> str:
        """The name that the sender gave the file."""
        return self.arrival.file_name


def take_in(arrival: Arrival, folder: Path, archive: Path) -> Original:
    """Copy a delivery into a private folder and onto the disk.

    Raises DeliveryError where there is no such file, StillArriving where it changed meanwhile.
    """
    source = arrival.file
    if source.is_dir():
        raise DeliveryError(
            f"{source} cannot be read: a folder is a delivery when it has {MANIFEST}."
        )
    is_redacted = source.name.endswith(REDACTED) and archive in source.resolve().parents
    suffix = REDACTED if is_redacted else arrival.suffix
    copy = folder / f"original{suffix}"
    digest = sha256()
    try:
        before = source.stat()
        with source.open("rb") as file, copy.open("wb") as target:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        after = source.stat()
    except OSError as error:
        if error.errno in WRITING:
            raise
        raise DeliveryError(
            f"{source} cannot be read ({error.strerror}): give a file that this user may read."
        ) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise StillArriving(
            f"{source} changed while it was read: deliver it again when it is complete."
        )
    checksum = digest.hexdigest()
    return Original(
        arrival=arrival,
        suffix=suffix,
        copy=copy,
        # A file without its forgotten respondents is still the delivery that it was.
        sha256=stem_of(source) if is_redacted else checksum,
        checksum=checksum,
        size=before.st_size,
        modified=before.st_mtime_ns,
    )


def archived(archive: Path, wave_id: str, checksum: str, suffix: str) -> Path:
    """Where the archive keeps a delivery."""
    return archive / wave_id / f"{checksum}{suffix}"


def archived_as(archive: Path, wave_id: str, checksum: str, suffix: str) -> Path:
    """The archived file of a delivery: as it came, or what an erasure left in its place.

    Where neither is there, it is the place of the first.
    """
    places = [archived(archive, wave_id, checksum, each) for each in (suffix, REDACTED)]
    return next((place for place in places if place.is_file()), places[0])


def is_sound(place: Path) -> bool:
    """Whether an archived file still has the bytes that its name is the checksum of.

    A redacted one bears another name, that of the file as it came; its manifest tells of its bytes.
    """
    if place.name.endswith(REDACTED):
        return True
    with place.open("rb") as file:
        return file_digest(file, "sha256").hexdigest() == stem_of(place)


def put_in_archive(copy: Path, place: Path) -> None:
    """Move a copy to its place in the archive, whole or not at all; one that is there already stays.

    Raises DeliveryError where neither the copy nor the archived file exists.
    """
    private_folder(place.parent.parent)
    private_folder(place.parent)
    if copy.exists():
        copy.replace(place)
    elif not place.exists():
        raise DeliveryError(f"{copy} is gone before it was archived: deliver the file again.")


def release(source: Path, landing: Path, size: int, modified: int) -> None:
    """Remove a delivery that is kept elsewhere now from the landing folder, with its manifest.

    A file from another folder stays, and so does one that was delivered anew under the same name,
    or what else lies in the delivery's folder.
    """
    folder, root = source.parent.resolve(), landing.resolve()
    if root not in (folder, folder.parent):
        return
    try:
        now = source.stat()
    except FileNotFoundError:
        return
    if (now.st_size, now.st_mtime_ns) != (size, modified):
        return
    manifest_file = arrival_at(source).manifest_file
    source.unlink()
    if manifest_file is not None:
        manifest_file.unlink(missing_ok=True)
    if folder != root and not any(folder.iterdir()):
        folder.rmdir()
