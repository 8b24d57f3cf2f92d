"""The reports: what was rejected or checked, and the pages about deliveries, which may quote a person.

What belongs here: whether such a thing may hold the person, and removing it. What does not: what was
accepted or loaded (`files`).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from orchestration.codebook import Codebook
from orchestration.deliveries.arriving import is_manifest
from orchestration.deliveries.erasure.certificate import Removal
from orchestration.deliveries.erasure.person import Person
from orchestration.deliveries.erasure.reading_again import is_whole, read_again, workplace
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import TABLE
from orchestration.settings import Settings
from orchestration.sql import identifier

REPORTS = "report.*"


def erase_reported(settings: Settings, person: Person) -> Iterator[Removal]:
    """A rejected or checked delivery that may hold the person is removed, with its reports.

    It stays where it is of another wave, or can be read to its end and does not hold the id.
    """
    waves = Codebook(settings.codebook).waves
    folders = [*settings.rejected.glob("*/"), *settings.checked.glob("*/")]
    for folder in sorted(folders):
        wave_id = _wave_of(folder)
        if wave_id in waves and wave_id != person.wave_id:
            continue
        files = [
            path
            for path in folder.iterdir()
            if not path.match(REPORTS) and not is_manifest(path.name)
        ]
        if files and not any(_may_hold(settings, path, person) for path in files):
            continue
        yield Removal(folder.relative_to(settings.home).as_posix(), "removed, with its reports")
        shutil.rmtree(folder)


def erase_pages(settings: Settings, person: Person) -> Iterator[Removal]:
    """The pages about the wave's delivery, which may quote it, are removed."""
    for path in sorted(settings.quality.glob(f"delivery_{person.wave_id}.*")):
        yield Removal(path.relative_to(settings.home).as_posix(), "removed")
        path.unlink()


def _may_hold(settings: Settings, path: Path, person: Person) -> bool:
    """Whether the id stands in any cell of a file, or the file cannot be read to its end."""
    with workplace(settings) as folder, read_again(path, folder, Reading()) as (connection, table):
        if not is_whole(table):
            return True
        same = " or ".join(f"{identifier(each.label)} = $id" for each in table.columns)
        found = connection.execute(
            f"select 1 from {TABLE} where {same} limit 1",  # noqa: S608
            {"id": person.respondent_id},
        )
        return found.fetchone() is not None


def _wave_of(folder: Path) -> str | None:
    """The wave that a report names; None where there is no report that can be read."""
    try:
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    wave_id = report.get("wave_id")
    return wave_id if isinstance(wave_id, str) else None
