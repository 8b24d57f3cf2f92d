"""The dry run: everything that a delivery would meet on its way in, told, and nothing kept of it.

What belongs here: the door, the plausibility checks and the difference from what is loaded, one after
the other, and the reports. What does not: those themselves, and how they look in a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from orchestration.codebook import Codebook
from orchestration.deliveries.differences import Difference, against_loaded
from orchestration.deliveries.door import inspecting
from orchestration.deliveries.errors import WarehouseBusy
from orchestration.deliveries.private import owner_only, private_folder
from orchestration.deliveries.rejecting import LONGEST_NAME, write
from orchestration.deliveries.report import Report
from orchestration.deliveries.report_html import as_html
from orchestration.holding import reason_to_hold
from orchestration.settings import Settings


@dataclass(frozen=True)
class Checked:
    """What a dry run found: the report, lines on what would change, and where the reports lie."""

    report: Report
    changes: tuple[str, ...]
    folder: Path


def check_delivery(
    path: Path, settings: Settings, wave_id: str | None = None, folder: Path | None = None
) -> Checked:
    """Hold a delivery against codebook, plausibility checks and what is loaded, and write reports.

    `report.html` and `report.json` go to `folder`, or to one of the delivery's name in `checked/`.
    Raises what `door.inspect` raises, and CodebookError where the survey lacks a threshold.
    """
    with inspecting(path, settings, wave_id) as inspection:
        report = inspection.report
        difference: Difference | None = None
        changes: tuple[str, ...] = ()
        if inspection.database is not None and report.wave_id is not None:
            # Great Expectations takes a second to import, which a refused file need not wait for.
            from orchestration.plausibility import examine_plausibility

            problems = examine_plausibility(
                settings, Codebook(settings.codebook), report.wave_id, inspection.database
            )
            report = replace(report, problems=(*report.problems, *problems))
            difference, changes = _changes(settings, report, inspection.database)
    if folder is None:
        private_folder(settings.checked)
        folder = private_folder(settings.checked / report.file_name[:LONGEST_NAME])
    with owner_only():
        folder.mkdir(parents=True, exist_ok=True)
    documents = {
        "report.html": as_html(report, changes),
        "report.json": report.as_json(changes=None if difference is None else asdict(difference)),
    }
    write(folder, documents)
    return Checked(report, changes, folder)


def _changes(
    settings: Settings, report: Report, database: Path
) -> tuple[Difference | None, tuple[str, ...]]:
    try:
        difference = against_loaded(settings, database)
        held = reason_to_hold(settings, str(report.wave_id), database, report.file_name)
    except WarehouseBusy as busy:
        return None, (f"What would change in what is loaded is not known: {busy}",)
    if difference is None:
        return None, ("Nothing of the wave is loaded yet.",)
    told = [f"It would be held back: {held}."] if held else []
    return difference, (*_lines(difference), *told)


def _lines(difference: Difference) -> Iterator[str]:
    rows = (difference.rows_in, difference.rows_out, difference.rows_altered)
    if not any((*rows, difference.columns_in, difference.columns_out)):
        yield "Against what is loaded nothing would change."
        return
    yield "Against what is loaded: {:,} rows in, {:,} out, {:,} altered.".format(*rows)
    if difference.columns_in:
        yield f"Columns in: {', '.join(difference.columns_in)}."
    if difference.columns_out:
        yield f"Columns out: {', '.join(difference.columns_out)}."
    if difference.cells_altered:
        counts = (f"{column} {cells:,}" for column, cells in difference.cells_altered.items())
        yield f"Altered cells by column: {', '.join(counts)}."
