"""Rejections: what lies in the folder of refused deliveries, for whoever shows it.

What belongs here: reading names, kinds and counts out of a report. What does not: writing one, and
anything that a report quotes from the file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Rejection:
    """One refused delivery: `problems` counts each kind of problem, `folder` holds file and report."""

    folder: Path
    file_name: str
    wave_id: str | None
    problems: Mapping[str, int]

    @property
    def report(self) -> Path:
        """The report as a person reads it."""
        page = self.folder / "report.html"
        return page if page.exists() else self.folder / "report.txt"


def rejections_after(rejected: Path, last: str) -> Iterator[Rejection]:
    """The refused deliveries whose folder comes after the one of this name, in order of time.

    A folder whose report is not written yet is left for later.
    """
    if not rejected.is_dir():
        return
    for folder in sorted(rejected.iterdir()):
        file = folder / "report.json"
        if folder.name > last and file.is_file():
            report = json.loads(file.read_text(encoding="utf-8"))
            problems = Counter[str]()
            for problem in report["problems"]:
                problems[problem["kind"]] += problem["count"]
            yield Rejection(folder, report["file_name"], report["wave_id"], problems)
