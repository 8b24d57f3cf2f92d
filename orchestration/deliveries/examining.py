"""Examining: a delivery read and held against the codebook, its table left in a new database.

What belongs here: which checks apply to a file, and the report on it. What does not: what happens
to the file after, which is the door's to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.codebook import Codebook, Column
from orchestration.deliveries.accepted import Waiting, describe
from orchestration.deliveries.archive import REDACTED, Original
from orchestration.deliveries.checking_columns import column_problems, doubled_columns
from orchestration.deliveries.checking_labels import label_problems, labels_of
from orchestration.deliveries.checking_manifest import manifest_problems, row_problems
from orchestration.deliveries.checking_values import value_problems
from orchestration.deliveries.decimal_columns import with_decimal_points
from orchestration.deliveries.formats import READERS, format_of
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import DeliveredTable
from orchestration.deliveries.leaving_out import (
    erased,
    leave_out_forgotten,
    redacted,
    respondent_column,
    without_values,
)
from orchestration.deliveries.manifest import DeliveredFile, manifest_of, name_for_manifest
from orchestration.deliveries.report import Kind, Problem, Report, Severity
from orchestration.deliveries.rewriting import rewritten
from orchestration.settings import Settings

DECLARE_ROWS = "A manifest that declares `rows` shows whether any are missing."


@dataclass(frozen=True)
class Examined:
    """What came of examining a delivery: the report, and the delivery as it may be kept.

    `forgotten` respondents who were in the file are in neither the database nor, where the delivery
    is accepted, its copy.
    """

    report: Report
    original: Original
    forgotten: int = 0


def examine(
    original: Original,
    settings: Settings,
    codebook: Codebook,
    wave_id: str | None,
    database: Path,
    purpose: str | None = None,
) -> Examined:
    """Read a delivery into `database` and report every problem found.

    Of a wave that is disputed, None, or not in the codebook, only what needs no codebook is checked;
    of a delivery whose manifest cannot be used, the manifest. `purpose` stands above the manifest's.
    Raises CodebookError where the codebook does not say which column holds the respondent ids.
    """
    disagreements = [*manifest_problems(original, codebook, wave_id)]
    is_disputed = any(problem.kind is Kind.OTHER_WAVE for problem in disagreements)
    expected: Mapping[str, Column] | None = None
    respondents = ""
    if wave_id is not None and wave_id in codebook.waves and not is_disputed:
        expected = codebook.columns(wave_id)
        respondents = respondent_column(codebook, wave_id)
    with duckdb.connect(database, config={"threads": settings.threads}) as connection:
        table = _read(original, connection, database.parent)
        if expected is not None:
            table = with_decimal_points(connection, table, expected, _reading(original).decimal)
        problems = [
            *([] if expected is not None or is_disputed else [_unknown_wave(codebook, wave_id)]),
            *disagreements,
            *row_problems(original, table),
            *(_counted(problem, original) for problem in table.problems),
            *_problems(connection, table, expected),
        ]
        if expected is not None and wave_id is not None:
            problems += label_problems(table.columns, labels_of(codebook, wave_id))
        # Of a wave that nobody knows, the ids may be those of any.
        waves = codebook.waves if expected is None or wave_id is None else (wave_id,)
        forgotten = leave_out_forgotten(connection, settings, codebook, table, waves)
        report = Report(
            file_name=original.file_name,
            wave_id=wave_id,
            sha256=original.sha256,
            row_count=table.row_count,
            column_count=len(table.columns),
            problems=original.arrival.problems
            or (*problems, *([erased(forgotten)] if forgotten else [])),
            stated=table.stated,
        )
        if report.is_refused or wave_id is None:
            return Examined(without_values(report) if forgotten else report, original, forgotten)
        if forgotten:
            original = redacted(original, connection)
        waiting = _waiting(original, wave_id, respondents, table, table.row_count - forgotten)
        waiting = replace(waiting, purpose=purpose or waiting.purpose)
        describe(connection, waiting, table.columns)
        # On a full disk only this says so: closed without it, the file lacks what its log still has.
        connection.execute("checkpoint")
    if forgotten:
        rewritten(database)
    return Examined(report, original, forgotten)


def _waiting(
    original: Original, wave_id: str, respondents: str, table: DeliveredTable, rows: int
) -> Waiting:
    name = original.file_name if original.suffix != REDACTED else f"{original.sha256}{REDACTED}"
    file = DeliveredFile(name=name_for_manifest(name), sha256=original.checksum, rows=rows)
    manifest = manifest_of(wave_id, file, _used(original, table), original.arrival.manifest)
    return Waiting(
        wave_id=wave_id,
        respondent_column=respondents,
        sha256=original.sha256,
        file_name=original.file_name,
        format=original.suffix.removeprefix("."),
        row_count=rows,
        source=str(original.source),
        size=original.size,
        modified=original.modified,
        purpose=manifest.purpose,
        manifest=manifest.as_yaml(),
        manifest_source=str(original.arrival.manifest_file or "") or None,
    )


def _reading(original: Original) -> Reading:
    manifest = original.arrival.manifest
    return manifest.reading if manifest is not None else Reading()


def _used(original: Original, table: DeliveredTable) -> Reading:
    """The options by which the file was read, and those that were declared beside them."""
    found = {name: value for name, value in asdict(table.used).items() if value is not None}
    return replace(_reading(original), **found)


def _read(original: Original, connection: DuckDBPyConnection, folder: Path) -> DeliveredTable:
    reader = READERS.get(format_of(original.suffix) or "")
    if original.source == original.arrival.manifest_file:
        return DeliveredTable()
    if reader is None:
        message = f"There is no reader for files that end in {original.suffix!r}."
        remedy = f"Deliver one of {', '.join(READERS)}, with that ending in its name."
        return DeliveredTable(problems=(Problem(Kind.UNSUPPORTED_FORMAT, message, remedy),))
    return reader(original.copy, connection, folder, _reading(original))


def _counted(problem: Problem, original: Original) -> Problem:
    """A doubt whether rows are missing, with the way to end it where the sender has not."""
    manifest = original.arrival.manifest
    is_doubt = problem.kind is Kind.TRUNCATED and problem.severity is Severity.WARN
    if not is_doubt or (manifest is not None and manifest.file.rows is not None):
        return problem
    return replace(problem, remedy=f"{problem.remedy} {DECLARE_ROWS}")


def _problems(
    connection: DuckDBPyConnection, table: DeliveredTable, expected: Mapping[str, Column] | None
) -> Iterator[Problem]:
    is_whole = all(problem.severity is Severity.WARN for problem in table.problems)
    if is_whole and not table.row_count:
        message = "The file has no rows." if table.columns else "The file is empty."
        yield Problem(Kind.EMPTY, message, "Ask the sender for the file with its respondents.")
    if not table.columns:
        return
    if expected is None:
        yield from doubled_columns(table.columns)
        return
    yield from column_problems(connection, table, expected)
    yield from value_problems(connection, table, expected)


def _unknown_wave(codebook: Codebook, wave_id: str | None) -> Problem:
    patterns = ", ".join(f"{wave.wave_id}: {wave.file_pattern}" for wave in codebook.waves.values())
    message = (
        f"The name of the file fits the pattern of no wave, or of several ({patterns})."
        if wave_id is None
        else f"Wave {wave_id!r} is not in waves.csv, which has {', '.join(codebook.waves)}."
    )
    remedy = (
        "Name the file so that the pattern of one wave fits it, or say which wave it is when "
        "delivering it; a new wave first gets its rows in the codebook."
    )
    return Problem(Kind.UNKNOWN_WAVE, message, remedy)
