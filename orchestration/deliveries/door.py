"""The door: one file is accepted for its wave, or refused whole with a report.

What belongs here: the way of one file, from taking it in to its place in `accepted/` or
`rejected/`. What does not: what makes a delivery good (`examining`), and loading it (`loading`).
The warehouse is asked what is loaded, and never written to.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.codebook import Codebook
from orchestration.deliveries.accepted import (
    Waiting,
    exclusive,
    file_of,
    keep,
    remove,
    waiting_for,
)
from orchestration.deliveries.archive import Original, release, take_in
from orchestration.deliveries.errors import DeliveryError, DeliveryRefused
from orchestration.deliveries.examining import examine
from orchestration.deliveries.formats import format_of
from orchestration.deliveries.private import private_folder
from orchestration.deliveries.report import Kind, Problem, Report
from orchestration.deliveries.warehouse import state, table_name
from orchestration.settings import Settings

LONGEST_NAME = 100


@dataclass(frozen=True)
class Accepted:
    """An accepted delivery. `database` holds its table `delivered`; it is None where this very file
    is loaded already, so that nothing is left to do.
    """

    wave_id: str
    sha256: str
    database: Path | None
    report: Report


def accept(path: Path, settings: Settings, wave_id: str | None = None) -> Accepted:
    """Read and check a file and keep it for loading; its name tells the wave if none is given.

    A delivery of the wave that still waits is superseded. Raises DeliveryRefused with every problem
    found; StillArriving where the file was being written; WarehouseBusy where another process holds
    the warehouse; DeliveryError where there is no such file, or the wave's id cannot name a table;
    CodebookError where the codebook does not say which column holds the respondent ids.
    """
    codebook = Codebook(settings.codebook)
    wave_id = _wave_of(path, codebook, wave_id)
    with exclusive(settings.accepted), _incoming(settings.accepted) as folder:
        original = _take_in(path, folder)
        if wave_id is not None and _is_loaded(settings, wave_id, original.sha256):
            _supersede(settings, wave_id, original)
            remove(settings.accepted, wave_id)
            release(path, settings.landing, original.size, original.modified)
            report = Report(original.file_name, wave_id, original.sha256)
            return Accepted(wave_id, original.sha256, None, report)
        database = folder / "delivery.duckdb"
        report = examine(original, codebook, wave_id, database, settings.threads)
        if wave_id is None or report.is_refused:
            refused = _reject(settings, report, original.copy)
            release(path, settings.landing, original.size, original.modified)
            raise refused
        _supersede(settings, wave_id, original)
        place = keep(settings.accepted, wave_id, database, original)
        return Accepted(wave_id, original.sha256, place, report)


def inspect(path: Path, settings: Settings, wave_id: str | None = None) -> Report:
    """Hold a file against the codebook and keep nothing of it: a dry run of `accept`.

    Raises what `accept` raises for reasons other than what is in the file, WarehouseBusy excepted.
    """
    codebook = Codebook(settings.codebook)
    wave_id = _wave_of(path, codebook, wave_id)
    with exclusive(settings.accepted), _incoming(settings.accepted) as folder:
        database = folder / "delivery.duckdb"
        return examine(_take_in(path, folder), codebook, wave_id, database, settings.threads)


def refuse(settings: Settings, wave_id: str, problems: Sequence[Problem]) -> DeliveryRefused:
    """Refuse an accepted delivery after all, for problems that were found in its answers.

    Gives the exception to raise. Raises DeliveryError where no delivery of the wave waits.
    """
    with exclusive(settings.accepted):
        waiting = waiting_for(settings.accepted, wave_id)
        if waiting is None:
            raise DeliveryError(f"No accepted delivery of wave {wave_id} waits to be refused.")
        return _set_aside(settings, waiting, problems)


def _wave_of(path: Path, codebook: Codebook, wave_id: str | None) -> str | None:
    """The wave that is given, or that the file's name tells; the codebook need not have it."""
    if wave_id is None and (wave := codebook.wave_of(path.name)) is not None:
        wave_id = wave.wave_id
    if wave_id is not None and wave_id in codebook.waves:
        table_name(wave_id)  # A wave that cannot be loaded need not be read.
    return wave_id


def _take_in(path: Path, folder: Path) -> Original:
    return take_in(path, folder, format_of(path.name) or path.suffix)


def _is_loaded(settings: Settings, wave_id: str, checksum: str) -> bool:
    loaded = state(settings).get(wave_id)
    return loaded is not None and loaded.sha256 == checksum


def _supersede(settings: Settings, wave_id: str, original: Original) -> None:
    """Set aside what waits for the wave, which would otherwise come back after its correction."""
    waiting = waiting_for(settings.accepted, wave_id)
    if waiting is None or waiting.sha256 == original.sha256:
        return
    message = f"{original.file_name!r} was delivered for the wave before this file was loaded."
    remedy = "Nothing, if that file corrects this one; otherwise deliver this one again."
    _set_aside(settings, waiting, [Problem(Kind.SUPERSEDED, message, remedy)])


def _set_aside(
    settings: Settings, waiting: Waiting, problems: Sequence[Problem]
) -> DeliveryRefused:
    """Move an accepted delivery to `rejected/`."""
    report = Report(
        file_name=waiting.file_name,
        wave_id=waiting.wave_id,
        sha256=waiting.sha256,
        row_count=waiting.row_count,
        problems=tuple(problems),
    )
    copy = file_of(settings.accepted, waiting.wave_id, f".{waiting.format}")
    refused = _reject(settings, report, copy)
    remove(settings.accepted, waiting.wave_id)
    release(Path(waiting.source), settings.landing, waiting.size, waiting.modified)
    return refused


def _reject(settings: Settings, report: Report, copy: Path) -> DeliveryRefused:
    """Move a refused file into a folder of its own in `rejected/`, with its report."""
    private_folder(settings.rejected)
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    folder = private_folder(settings.rejected / f"{now}_{report.file_name[:LONGEST_NAME]}")
    (folder / "report.txt").write_text(report.as_text(), encoding="utf-8")
    (folder / "report.json").write_text(report.as_json(), encoding="utf-8")
    # A load that was killed has moved the file to the archive, where it may stay.
    if copy.exists():
        copy.replace(folder / report.file_name)
    return DeliveryRefused(report, folder)


@contextmanager
def _incoming(accepted: Path) -> Iterator[Path]:
    """A folder for a file on its way; what a killed process left in it is cleared away."""
    folder = accepted / ".incoming"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield private_folder(folder)
    finally:
        shutil.rmtree(folder)
