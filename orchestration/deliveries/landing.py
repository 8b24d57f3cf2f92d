"""The landing folder: which deliveries wait in it, in the order in which they came.

What belongs here: what counts as a delivery and whose it is. What does not: reading one.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from orchestration.codebook import Codebook, Wave
from orchestration.settings import Settings

# What programs write while a file is on its way, or while somebody has it open.
UNFINISHED = ("*.part", "*.partial", "*.filepart", "*.crdownload", "*.tmp", "*.swp", "*~", "~$*")


@dataclass(frozen=True)
class Pending:
    """A file in the landing folder, and the wave that its name tells, if it tells one."""

    path: Path
    wave: Wave | None


def pending(settings: Settings) -> list[Pending]:
    """The deliveries that wait, the oldest first, so that a correction comes after what it corrects."""
    if not settings.landing.is_dir():
        return []
    codebook = Codebook(settings.codebook)
    files = [path for path in settings.landing.iterdir() if path.is_file() and _is_whole(path.name)]
    files.sort(key=lambda path: (path.stat().st_mtime_ns, path.name))
    return [Pending(path, codebook.wave_of(path.name)) for path in files]


def _is_whole(name: str) -> bool:
    return not name.startswith(".") and not any(
        fnmatchcase(name.lower(), pattern) for pattern in UNFINISHED
    )
