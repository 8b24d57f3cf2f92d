"""Fingerprints: which code made what stands, so that a run can tell whether anything changed.

What belongs here: hashes over the project's own files. What does not: hashes of deliveries, which
the archive keeps, and of the codebook, which knows its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from orchestration.settings import PROJECT, Settings

MODEL_SUFFIXES = {".sql", ".py", ".yml", ".md", ".csv"}
REPORT_SUFFIXES = {".py", ".html", ".css", ".js", ".csv"}


def models_fingerprint(settings: Settings) -> str:
    """A sha256 over the dbt project and the codebook: another one needs another manifest."""
    return _fingerprint(
        [
            *_files(settings.dbt_project, suffixes=MODEL_SUFFIXES),
            *_files(settings.codebook, suffixes=MODEL_SUFFIXES),
        ]
    )


def code_fingerprint(settings: Settings) -> str:
    """A sha256 over all that makes what is published out of the raw waves: another one needs a rebuild."""
    return _fingerprint(
        [
            *_files(settings.dbt_project, suffixes=MODEL_SUFFIXES),
            *_files(PROJECT / "expectations", suffixes={".py"}),
            *_files(PROJECT / "orchestration" / "disclosure", suffixes={".py"}),
            *_files(PROJECT / "orchestration" / "publishing", suffixes={".py"}),
            # Of the report too, which readers would otherwise go on having as it was.
            *_files(PROJECT / "orchestration" / "report", suffixes=REPORT_SUFFIXES),
            *_files(PROJECT / "orchestration" / "statistics", suffixes={".py"}),
            ("requirements.lock", PROJECT / "requirements.lock"),
        ]
    )


def _files(folder: Path, suffixes: set[str]) -> Iterator[tuple[str, Path]]:
    """Files with their place in the folder, which decides the schema of a model."""
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        # dbt's own output may lie in its project when it is run by hand.
        if path.suffix in suffixes and "target" not in place.parts:
            yield place.as_posix(), path


def _fingerprint(files: Iterable[tuple[str, Path]]) -> str:
    digest = sha256()
    for place, path in files:
        digest.update(place.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
