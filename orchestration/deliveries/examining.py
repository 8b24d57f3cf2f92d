"""Examining: a delivery read and held against the codebook, its table left in a new database.

What belongs here: which checks apply to a file, and the report on it. What does not: what happens
to the file after, which is the door's to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.codebook import Codebook, CodebookError, Column
from orchestration.deliveries.accepted import Waiting, describe
from orchestration.deliveries.archive import Original
from orchestration.deliveries.checking_columns import column_problems, doubled_columns
from orchestration.deliveries.checking_values import value_problems
from orchestration.deliveries.formats import READERS
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import DeliveredTable
from orchestration.deliveries.report import Kind, Problem, Report, Severity


def examine(
    original: Original, codebook: Codebook, wave_id: str | None, database: Path, threads: int
) -> Report:
    """Read a delivery into `database` and report every problem found.

    Of a wave that the codebook does not have, or None, only what needs no codebook is checked.
    Raises CodebookError where the codebook does not say which column holds the respondent ids.
    """
    expected: Mapping[str, Column] | None = None
    respondent_column = ""
    if wave_id is not None and wave_id in codebook.waves:
        expected = codebook.columns(wave_id)
        respondent_column = _respondent_column(wave_id, expected)
    with duckdb.connect(database, config={"threads": threads}) as connection:
        table = _read(original, connection, database.parent)
        problems = [
            *([] if expected is not None else [_unknown_wave(codebook, wave_id)]),
            *table.problems,
            *_problems(connection, table, expected),
        ]
        report = Report(
            file_name=original.file_name,
            wave_id=wave_id,
            sha256=original.sha256,
            row_count=table.row_count,
            column_count=len(table.columns),
            problems=tuple(problems),
        )
        if wave_id is not None and expected is not None and not report.is_refused:
            waiting = Waiting(
                wave_id=wave_id,
                respondent_column=respondent_column,
                sha256=original.sha256,
                file_name=original.file_name,
                format=original.suffix.removeprefix("."),
                row_count=table.row_count,
                source=str(original.source),
                size=original.size,
                modified=original.modified,
            )
            describe(connection, waiting, table.columns)
    return report


def _read(original: Original, connection: DuckDBPyConnection, folder: Path) -> DeliveredTable:
    reader = READERS.get(original.suffix)
    if reader is None:
        message = f"There is no reader for files that end in {original.suffix!r}."
        remedy = f"Deliver one of {', '.join(READERS)}, with that ending in its name."
        return DeliveredTable(problems=(Problem(Kind.UNSUPPORTED_FORMAT, message, remedy),))
    return reader(original.copy, connection, folder, Reading())


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


def _respondent_column(wave_id: str, expected: Mapping[str, Column]) -> str:
    found = [name for name, column in expected.items() if "respondent" in column.kinds]
    if len(found) != 1:
        raise CodebookError(
            f"attribute_columns.csv names {len(found)} columns of kind respondent for wave "
            f"{wave_id}; a wave has one."
        )
    return found[0]


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
