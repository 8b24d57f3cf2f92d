"""Traces: the files in which bytes of a forgotten person still stand, looked for at the end."""

from __future__ import annotations

from mmap import ACCESS_READ, mmap
from pathlib import Path

from orchestration.deliveries.erasure.person import hidden_id, person_of
from orchestration.deliveries.tombstones import tombstones_file
from orchestration.settings import Settings

SHORTEST_SOUGHT = 8


def traces(settings: Settings, wave_id: str, respondent_id: str) -> list[str]:
    """The files, by their path from the home, in which the bytes of the hash stand, or in logs and
    pages those of the id; a short id stands anywhere by chance and is not looked for.
    """
    hidden = hidden_id(settings, person_of(settings, wave_id, respondent_id))
    hashes = [hidden.encode(), bytes.fromhex(hidden)]
    id_too = [*hashes, *([respondent_id.encode()] if len(respondent_id) >= SHORTEST_SOUGHT else [])]
    written = (settings.dagster_home, settings.home / "dbt", settings.quality, settings.erasures)
    return [
        path.relative_to(settings.home).as_posix()
        for path in sorted(settings.home.rglob("*"))
        if path.is_file() and not path.is_symlink() and path != tombstones_file(settings)
        if _holds(path, id_too if any(map(path.is_relative_to, written)) else hashes)
    ]


def _holds(path: Path, sought: list[bytes]) -> bool:
    """Whether one of these byte sequences stands in a file."""
    if not path.stat().st_size:
        return False
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return any(content.find(each) >= 0 for each in sought)
