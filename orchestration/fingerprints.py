"""Fingerprints: which code made what stands, so that a run can tell whether anything changed.

What belongs here: hashes over the project's own files. What does not: hashes of deliveries, which
the archive keeps, and of the codebook, which knows its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from orchestration.settings import PROJECT, Settings

MODEL_SUFFIXES = {".sql", ".py", ".yml", ".md", ".csv"}
REPORT_SUFFIXES = {".py", ".html", ".css", ".js", ".csv"}


# What decides over models without any model naming it, so that dbt's comparison of two states of them
# does not see it change.
UNSEEN_BY_DBT = ("dbt_project.yml", "profiles.yml", "macros/schema_names.sql")


def models_fingerprint(settings: Settings) -> str:
    """A sha256 over the dbt project and the codebook: another one needs another manifest."""
    return _fingerprint([*_project(settings), *_files(settings.codebook, suffixes=MODEL_SUFFIXES)])


def project_fingerprint(settings: Settings) -> str:
    """A sha256 over the dbt project alone: dbt itself can tell which models another one changes."""
    return _fingerprint(_project(settings))


def foundation_fingerprint(settings: Settings) -> str:
    """A sha256 over what makes tables without dbt seeing it: another one needs all of them again."""
    surroundings = {
        "engine": settings.engine,
        "target": settings.target,
        **{name: version(name) for name in ("dbt-core", "dbt-duckdb", "duckdb")},
    }
    unseen = [(place, path) for place, path in _project(settings) if place in UNSEEN_BY_DBT]
    files = _fingerprint([*unseen, *_beside_dbt()])
    return sha256(json.dumps([files, surroundings]).encode()).hexdigest()


def code_fingerprint(settings: Settings) -> str:
    """A sha256 over all that makes what is published out of the raw waves: another one needs a refresh."""
    return _fingerprint(
        [
            *_project(settings),
            *_beside_dbt(),
            *_files(PROJECT / "expectations", suffixes={".py"}),
            *_files(PROJECT / "orchestration" / "publishing", suffixes={".py"}),
            # Of the report too, which readers would otherwise go on having as it was.
            *_files(PROJECT / "orchestration" / "report", suffixes=REPORT_SUFFIXES),
        ]
    )


def _project(settings: Settings) -> Iterator[tuple[str, Path]]:
    return _files(settings.dbt_project, suffixes=MODEL_SUFFIXES)


def _beside_dbt() -> Iterator[tuple[str, Path]]:
    """Code that models call."""
    for package in ("disclosure", "statistics"):
        yield from _files(PROJECT / "orchestration" / package, suffixes={".py"})
    yield "requirements.lock", PROJECT / "requirements.lock"


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
