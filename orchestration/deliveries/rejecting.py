"""Rejecting: a refused delivery goes into a folder of its own in `rejected/`, with its report.

What belongs here: what lies in that folder. What does not: why a delivery is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestration.deliveries.accepted import Waiting, column_count, file_of, remove
from orchestration.deliveries.archive import release
from orchestration.deliveries.errors import DeliveryRefused
from orchestration.deliveries.manifest import MANIFEST
from orchestration.deliveries.private import owner_only, private_folder
from orchestration.deliveries.report import Problem, Report
from orchestration.deliveries.report_html import as_html
from orchestration.deliveries.report_text import as_text
from orchestration.moments import moment_after
from orchestration.settings import Settings

LONGEST_NAME = 100


def reject(
    settings: Settings, report: Report, copy: Path | None, manifest: str | None
) -> DeliveryRefused:
    """Move a refused file into `rejected/`, with its report and the text of its manifest.

    Without a `copy` only the report is kept. Gives the exception to raise.
    """
    private_folder(settings.rejected)
    # The landing sensor shows what comes after the last that it has shown.
    moment = moment_after(path.name for path in settings.rejected.iterdir())
    folder = private_folder(settings.rejected / f"{moment}_{report.file_name[:LONGEST_NAME]}")
    documents = {"report.txt": as_text(report), "report.html": as_html(report)}
    if manifest is not None:
        documents[MANIFEST] = manifest
    # Last, since whoever finds it may count on the others.
    documents["report.json"] = report.as_json()
    write(folder, documents)
    # A load that was killed has moved the file to the archive, where it may stay.
    if copy is not None and copy.exists():
        taken = report.file_name.lower() in documents
        copy.replace(folder / (f"{report.file_name}.delivered" if taken else report.file_name))
    return DeliveryRefused(report, folder)


def set_aside(settings: Settings, waiting: Waiting, problems: Sequence[Problem]) -> DeliveryRefused:
    """Move an accepted delivery to `rejected/` after all. Gives the exception to raise."""
    report = Report(
        file_name=waiting.file_name,
        wave_id=waiting.wave_id,
        sha256=waiting.sha256,
        row_count=waiting.row_count,
        column_count=column_count(settings.accepted, waiting.wave_id),
        problems=tuple(problems),
    )
    copy = file_of(settings.accepted, waiting.wave_id, f".{waiting.format}")
    manifest = waiting.manifest if waiting.manifest_source else None
    refused = reject(settings, report, copy, manifest)
    remove(settings.accepted, waiting.wave_id)
    release(Path(waiting.source), settings.landing, waiting.size, waiting.modified)
    return refused


def write(folder: Path, documents: Mapping[str, str]) -> None:
    """Write texts into a folder, by their names: each whole, and readable by its owner only."""
    with owner_only():
        for name, text in documents.items():
            written = folder / f".{name}.part"
            written.write_text(text, encoding="utf-8", errors="backslashreplace")
            written.replace(folder / name)
