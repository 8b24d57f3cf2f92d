"""The archive: every loaded delivery as it came, named by its sha256 and never changed.

What belongs here: taking a file in as a private copy, and giving that copy its place. What does
not: what is in the file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from orchestration.deliveries.errors import DeliveryError, StillArriving
from orchestration.deliveries.private import private_folder

CHUNK = 1 << 20


@dataclass(frozen=True)
class Original:
    """A delivery as it was taken in: `copy` holds its bytes, whatever happens to `source` later.

    `suffix` says how it is read; `size` and `modified` (nanoseconds) are the source's, by which it
    is known again.
    """

    source: Path
    file_name: str
    suffix: str
    copy: Path
    sha256: str
    size: int
    modified: int


def take_in(source: Path, folder: Path, suffix: str) -> Original:
    """Copy a delivery into a private folder and onto the disk.

    Raises DeliveryError where there is no such file, StillArriving where it changed meanwhile.
    """
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
        raise DeliveryError(
            f"{source} cannot be read ({error.strerror}): give a file that this user may read."
        ) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise StillArriving(
            f"{source} changed while it was read: deliver it again when it is complete."
        )
    return Original(
        source=source,
        file_name=source.name.encode("utf-8", "backslashreplace").decode(),
        suffix=suffix,
        copy=copy,
        sha256=digest.hexdigest(),
        size=before.st_size,
        modified=before.st_mtime_ns,
    )


def archived(archive: Path, wave_id: str, checksum: str, suffix: str) -> Path:
    """Where the archive keeps a delivery."""
    return archive / wave_id / f"{checksum}{suffix}"


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
    """Remove a delivery that is kept elsewhere now from the landing folder.

    A file from another folder stays, and so does one that was delivered anew under the same name.
    """
    if source.parent.resolve() != landing.resolve():
        return
    try:
        now = source.stat()
    except FileNotFoundError:
        return
    if (now.st_size, now.st_mtime_ns) == (size, modified):
        source.unlink()
