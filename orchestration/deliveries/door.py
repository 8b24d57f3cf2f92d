"""The door: one delivery is accepted for its wave, or refused whole with a report.

What belongs here: the way of one delivery, from taking it in to its place in `accepted/` or
`rejected/`. What does not: what makes a delivery good (`examining`), and loading it (`loading`).
The warehouse is asked what is loaded, and never written to.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration.codebook import Codebook
from orchestration.deliveries.accepted import exclusive, keep, remove, waiting_for
from orchestration.deliveries.archive import (
    Original,
    archived,
    is_sound,
    put_in_archive,
    release,
    take_in,
)
from orchestration.deliveries.arriving import Arrival, arrival_at, others_in
from orchestration.deliveries.checking_manifest import manifest_problems
from orchestration.deliveries.errors import DeliveryError, DeliveryRefused
from orchestration.deliveries.examining import Examined, examine
from orchestration.deliveries.private import private_folder
from orchestration.deliveries.rejecting import reject, set_aside
from orchestration.deliveries.report import Kind, Problem, Report, Severity
from orchestration.deliveries.warehouse import state, table_name
from orchestration.settings import Settings


@dataclass(frozen=True)
class Accepted:
    """An accepted delivery. `database` holds its table `delivered`; it is None where this very file
    is loaded already, so that nothing is left to do.
    """

    wave_id: str
    sha256: str
    database: Path | None
    report: Report


@dataclass(frozen=True)
class Inspection:
    """What a dry run found; `database` holds the table `delivered` of a delivery not refused."""

    report: Report
    database: Path | None


def accept(
    path: Path, settings: Settings, wave_id: str | None = None, purpose: str | None = None
) -> Accepted:
    """Read and check a delivery and keep it for loading.

    `path` is a file or a folder. The wave is the one given, that of the manifest that lies with it, or
    that of the file's name; the purpose is the one given, or that of the manifest. A delivery of the
    wave that still waits is superseded. Raises DeliveryRefused with every problem found; StillArriving
    where the file was being written; WarehouseBusy where another process holds the warehouse;
    DeliveryError where there is no such file, or the wave's id cannot name a table; CodebookError
    where the codebook does not say which column holds the respondent ids.
    """
    codebook = Codebook(settings.codebook)
    arrival = _arrival(path, settings)
    wave_id = _wave_of(arrival, codebook, wave_id)
    with exclusive(settings.accepted), _incoming(settings.accepted) as folder:
        original = take_in(arrival, folder, settings.archive)
        if wave_id is not None and _is_loaded(settings, codebook, wave_id, original):
            _mend_archive(settings, wave_id, original)
            _supersede(settings, wave_id, original)
            remove(settings.accepted, wave_id)
            release(original.source, settings.landing, original.size, original.modified)
            report = Report(original.file_name, wave_id, original.sha256)
            return Accepted(wave_id, original.sha256, None, report)
        database = folder / "delivery.duckdb"
        examined = examine(original, settings, codebook, wave_id, database, purpose)
        if wave_id is None or examined.report.is_refused:
            refused = _reject(settings, examined)
            release(original.source, settings.landing, original.size, original.modified)
            raise refused
        _supersede(settings, wave_id, original)
        place = keep(settings.accepted, wave_id, database, examined.original)
        return Accepted(wave_id, original.sha256, place, examined.report)


def inspect(path: Path, settings: Settings, wave_id: str | None = None) -> Report:
    """Hold a delivery against the codebook and keep nothing of it: a dry run of `accept`.

    Raises what `accept` raises for reasons other than what is in the file, WarehouseBusy excepted.
    """
    with inspecting(path, settings, wave_id) as inspection:
        return inspection.report


@contextmanager
def inspecting(path: Path, settings: Settings, wave_id: str | None = None) -> Iterator[Inspection]:
    """A dry run of `accept` whose database can be looked into until the end. Raises as `inspect`."""
    codebook = Codebook(settings.codebook)
    arrival = _arrival(path, settings)
    wave_id = _wave_of(arrival, codebook, wave_id)
    with exclusive(settings.accepted), _incoming(settings.accepted) as folder:
        database = folder / "delivery.duckdb"
        original = take_in(arrival, folder, settings.archive)
        report = examine(original, settings, codebook, wave_id, database).report
        yield Inspection(report, None if report.is_refused else database)


def refuse(settings: Settings, wave_id: str, problems: Sequence[Problem]) -> DeliveryRefused:
    """Refuse an accepted delivery after all, for problems that were found in its answers.

    Gives the exception to raise. Raises DeliveryError where no delivery of the wave waits.
    """
    with exclusive(settings.accepted):
        waiting = waiting_for(settings.accepted, wave_id)
        if waiting is None:
            raise DeliveryError(f"No accepted delivery of wave {wave_id} waits to be refused.")
        return set_aside(settings, waiting, problems)


def _arrival(path: Path, settings: Settings) -> Arrival:
    arrival = arrival_at(path)
    folder = arrival.file.parent
    is_folder = path.is_dir() or folder.parent.resolve() == settings.landing.resolve()
    if is_folder and arrival.manifest_file is not None:
        return replace(arrival, others=others_in(folder, arrival))
    return arrival


def _wave_of(arrival: Arrival, codebook: Codebook, wave_id: str | None) -> str | None:
    """The wave that is given, or that manifest or name tell; the codebook need not have it."""
    if wave_id is None and arrival.manifest is not None:
        wave_id = arrival.manifest.wave
    if wave_id is None and (wave := codebook.wave_of(arrival.file.name)) is not None:
        wave_id = wave.wave_id
    if wave_id is not None and wave_id in codebook.waves:
        table_name(wave_id)  # A wave that cannot be loaded need not be read.
    return wave_id


def _is_loaded(settings: Settings, codebook: Codebook, wave_id: str, original: Original) -> bool:
    """Whether this very file is loaded, and its manifest does not say that it ought not to be."""
    loaded = state(settings).get(wave_id)
    if loaded is None or loaded.sha256 != original.sha256:
        return False
    problems = (*original.arrival.problems, *manifest_problems(original, codebook, wave_id))
    return all(problem.severity is Severity.WARN for problem in problems)


def _mend_archive(settings: Settings, wave_id: str, original: Original) -> None:
    """Put the file in the place of its archived copy where that is lost or damaged.

    Not where a redacted copy stands: the file may hold whom that was made without.
    """
    if state(settings)[wave_id].format != original.suffix.removeprefix("."):
        return
    place = archived(settings.archive, wave_id, original.sha256, original.suffix)
    if not (place.is_file() and is_sound(place)):
        put_in_archive(original.copy, place)


def _supersede(settings: Settings, wave_id: str, original: Original) -> None:
    """Set aside what waits for the wave, which would otherwise come back after its correction."""
    waiting = waiting_for(settings.accepted, wave_id)
    if waiting is None or waiting.sha256 == original.sha256:
        return
    message = f"{original.file_name!r} was delivered for the wave before this file was loaded."
    remedy = "Nothing, if that file corrects this one; otherwise deliver this one again."
    set_aside(settings, waiting, [Problem(Kind.SUPERSEDED, message, remedy)])


def _reject(settings: Settings, examined: Examined) -> DeliveryRefused:
    original = examined.original
    # A file that holds a forgotten respondent is not kept.
    copy = None if examined.forgotten else original.copy
    manifest_file = original.arrival.manifest_file
    manifest = None
    if manifest_file is not None and manifest_file != original.source:
        with suppress(OSError):
            manifest = manifest_file.read_text("utf-8", errors="replace")
    return reject(settings, examined.report, copy, manifest)


@contextmanager
def _incoming(accepted: Path) -> Iterator[Path]:
    """A folder for a file on its way; what a killed process left in it is cleared away."""
    folder = accepted / ".incoming"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield private_folder(folder)
    finally:
        shutil.rmtree(folder)
