"""Arriving: what lies together as one delivery, a file and the manifest that speaks of it.

What belongs here: which manifest belongs to which file, in a folder or beside it. What does not:
whether the delivery is complete (`landing`), and whether manifest and file agree
(`checking_manifest`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from orchestration.deliveries.formats import format_of
from orchestration.deliveries.manifest import MANIFEST, Manifest
from orchestration.deliveries.manifest_reading import read_manifest
from orchestration.deliveries.report import Kind, Problem

# What programs write while a file is on its way, or while somebody has it open.
UNFINISHED = ("*.part", "*.partial", "*.filepart", "*.crdownload", "*.tmp", "*.swp", "*~", "~$*")
ARCHIVED = re.compile(r"[0-9a-f]{64}")

BRING_IT = "Put the file that is meant beside the manifest, or correct `name` in the manifest."


@dataclass(frozen=True)
class Arrival:
    """One delivery: the file with the answers, and its manifest if there is one.

    Where it is not known which file a manifest speaks of, `file` is the manifest itself. `problems`
    keep the manifest from being used; `others` lie in the folder of the delivery and are none of it.
    """

    file: Path
    manifest: Manifest | None = None
    manifest_file: Path | None = None
    problems: tuple[Problem, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def suffix(self) -> str:
        """The ending by which the file is read."""
        return suffix_of(self.file)

    @property
    def is_archived(self) -> bool:
        """Whether the file bears the name that the archive gives: its sha256."""
        return ARCHIVED.fullmatch(stem_of(self.file)) is not None

    @property
    def file_name(self) -> str:
        """The name that the sender gave the file: an archived one has it in its manifest."""
        if self.manifest is not None and self.is_archived:
            return self.manifest.file.name
        return self.file.name.encode("utf-8", "backslashreplace").decode()


def suffix_of(file: Path) -> str:
    """The ending by which a file is read, or its last one if there is no reader for it."""
    return format_of(file.name) or file.suffix


def stem_of(file: Path) -> str:
    """The file's name without the ending by which it is read."""
    return file.name[: len(file.name) - len(suffix_of(file))].removesuffix(".redacted")


def is_whole(name: str) -> bool:
    """Whether the name is not hidden, and none that programs give to what is on its way."""
    return not name.startswith(".") and not any(
        fnmatchcase(name.lower(), pattern) for pattern in UNFINISHED
    )


def is_manifest(name: str) -> bool:
    """Whether a file of this name is a manifest: `delivery.yml`, or `<name>.delivery.yml`."""
    return name == MANIFEST or name.endswith(f".{MANIFEST}")


def arrival_at(path: Path) -> Arrival:
    """The delivery that a path means: a file, a manifest, or a folder with `delivery.yml`.

    Of a path where no delivery is, the Arrival is the path itself, which then cannot be read.
    """
    if path.is_dir():
        manifest_file = path / MANIFEST
        return arrival_at(manifest_file) if manifest_file.is_file() else Arrival(path)
    if not is_manifest(path.name):
        return _with_manifest(path)
    found = [arrival for arrival in arrivals_in(path.parent) if arrival.manifest_file == path]
    return found[0] if found else Arrival(path)


def arrivals_in(folder: Path) -> Iterator[Arrival]:
    """Every delivery in a folder, files without a manifest included; manifests of no file too."""
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and is_whole(path.name)]
    arrivals = [_with_manifest(path) for path in files if not is_manifest(path.name)]
    yield from arrivals
    used = {arrival.manifest_file for arrival in arrivals}
    for path in files:
        if is_manifest(path.name) and path not in used:
            yield _without_file(path, [arrival.file.name for arrival in arrivals])


def others_in(folder: Path, arrival: Arrival) -> tuple[str, ...]:
    """What else lies in the folder of a delivery."""
    own = {arrival.file, arrival.manifest_file}
    paths = sorted(path for path in folder.iterdir() if is_whole(path.name) and path not in own)
    return tuple(path.name for path in paths)


def _with_manifest(file: Path) -> Arrival:
    called_after = file.with_name(f"{stem_of(file)}.{MANIFEST}")
    if called_after.is_file():
        return _arrival(file, called_after, read_manifest(called_after))
    folder = file.parent
    for path in sorted(folder.glob(f"*{MANIFEST}")) if folder.is_dir() else ():
        if is_manifest(path.name) and path.is_file():
            said = read_manifest(path)
            if said.file.name == file.name if isinstance(said, Manifest) else _means(path, file):
                return _arrival(file, path, said)
    return Arrival(file)


def _means(manifest_file: Path, file: Path) -> bool:
    """Whether a manifest that cannot be read is the file's: its name is in it, or it is alone."""
    try:
        text = manifest_file.read_text("utf-8", errors="replace")
    except OSError:
        text = ""
    names = [
        path.name
        for path in file.parent.iterdir()
        if path.is_file() and is_whole(path.name) and not is_manifest(path.name)
    ]
    meant = [name for name in names if name in text] or names
    return meant == [file.name]


def _arrival(file: Path, manifest_file: Path, said: Manifest | tuple[Problem, ...]) -> Arrival:
    if isinstance(said, Manifest):
        return Arrival(file, said, manifest_file)
    return Arrival(file, None, manifest_file, said)


def _without_file(manifest_file: Path, beside: list[str]) -> Arrival:
    said = read_manifest(manifest_file)
    if isinstance(said, Manifest):
        there = f": there is {', '.join(map(repr, beside))}" if beside else ""
        message = f"The manifest names {said.file.name!r}, which is not beside it{there}."
        missing = Problem(Kind.OTHER_FILE, message, BRING_IT)
        return Arrival(manifest_file, said, manifest_file, (missing,))
    return Arrival(manifest_file, None, manifest_file, said)
