"""The landing folder: which deliveries wait in it, in the order in which they came.

What belongs here: what counts as a delivery, whose it is, and whether it is complete. What does not:
reading one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import file_digest
from pathlib import Path

from orchestration.codebook import Codebook, Wave
from orchestration.deliveries.arriving import Arrival, arrivals_in, is_whole
from orchestration.deliveries.manifest import MANIFEST
from orchestration.deliveries.report import Kind
from orchestration.settings import Settings

# A file that has not changed for so long will not become the one that its manifest names.
STANDS_AFTER_SECONDS = 15 * 60

# Clocks of two machines differ by less: a time further ahead was set when the clock stood wrong.
CLOCKS_DIFFER_SECONDS = 60 * 60


@dataclass(frozen=True)
class Pending:
    """A delivery in the landing folder: its file, and the wave that its manifest or name tells.

    `manifest_file` is the manifest that lies with it, readable or not. `waits_for` says why it is not
    complete yet; `path` may then be a folder or a manifest alone.
    """

    path: Path
    wave: Wave | None
    waits_for: str | None = None
    manifest_file: Path | None = None


def pending(settings: Settings) -> list[Pending]:
    """The deliveries that wait, the oldest first, so that a correction comes after what it corrects."""
    if not settings.landing.is_dir():
        return []
    codebook = Codebook(settings.codebook)
    found = deliveries_in(settings.landing, codebook)
    for folder in settings.landing.iterdir():
        if folder.is_dir() and is_whole(folder.name):
            found.extend(_deliveries_of(folder, codebook))
    return sorted(found, key=lambda delivery: (_modified(delivery.path), delivery.path.name))


def deliveries_in(folder: Path, codebook: Codebook) -> list[Pending]:
    """The deliveries that lie in a folder, each file being one, by the names of the files."""
    return [_pending(arrival, codebook) for arrival in arrivals_in(folder)]


def _deliveries_of(folder: Path, codebook: Codebook) -> Iterator[Pending]:
    """The delivery that a folder is: the files in it that no manifest names are none."""
    arrivals = [arrival for arrival in arrivals_in(folder) if arrival.manifest_file is not None]
    if not arrivals:
        yield Pending(folder, None, f"the folder has no {MANIFEST} that names a file in it")
    for arrival in arrivals:
        yield _pending(arrival, codebook)


def _pending(arrival: Arrival, codebook: Codebook) -> Pending:
    if arrival.manifest is not None:
        wave = codebook.waves.get(arrival.manifest.wave)
    else:
        wave = codebook.wave_of(arrival.file.name)
    return Pending(arrival.file, wave, _waits_for(arrival), arrival.manifest_file)


def _waits_for(arrival: Arrival) -> str | None:
    if arrival.manifest is None:
        return None
    file = arrival.manifest.file
    if any(problem.kind is Kind.OTHER_FILE for problem in arrival.problems):
        return f"its manifest names {file.name!r}, which is not there yet"
    modified = _modified(arrival.file)
    if file.sha256 is None or has_passed(modified, STANDS_AFTER_SECONDS):
        return None
    try:
        checksum = _checksum(arrival.file, modified, arrival.file.stat().st_size)
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    return None if checksum == file.sha256 else "its sha256 is not yet that of its manifest"


def has_passed(nanoseconds: int, seconds: float) -> bool:
    """Whether a file's time lies so many seconds back, or so far ahead that the clock was set back."""
    ago = (time.time_ns() - nanoseconds) / 1e9
    return ago >= seconds or ago < -CLOCKS_DIFFER_SECONDS


@lru_cache
def _checksum(file: Path, _modified: int, _size: int) -> str:
    """The sha256 of a file, counted again only when it changed: a sensor asks twice a minute."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def _modified(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
