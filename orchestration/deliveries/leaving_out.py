"""Leaving out: respondents who were forgotten do not come back with a later delivery, nor lie about.

What belongs here: what becomes of a delivery that still has them. What does not: who was forgotten
(`tombstones`), and forgetting somebody (`erasure`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import file_digest

from duckdb import DuckDBPyConnection

from orchestration.codebook import Codebook, CodebookError
from orchestration.deliveries.archive import REDACTED, Original
from orchestration.deliveries.formats.table import DeliveredTable
from orchestration.deliveries.report import Kind, Problem, Report, Severity
from orchestration.deliveries.tombstones import forgotten, leave_out, redacted_copy
from orchestration.settings import Settings

NOTHING = "Nothing: who asked to be forgotten is left out of every later delivery."


def respondent_column(codebook: Codebook, wave_id: str) -> str:
    """The column of a wave that holds the respondent ids.

    Raises CodebookError where the codebook names none, or several.
    """
    columns = codebook.columns(wave_id)
    found = [name for name, column in columns.items() if "respondent" in column.kinds]
    if len(found) != 1:
        raise CodebookError(
            f"attribute_columns.csv names {len(found)} columns of kind respondent for wave "
            f"{wave_id}; a wave has one."
        )
    return found[0]


def leave_out_forgotten(
    connection: DuckDBPyConnection,
    settings: Settings,
    codebook: Codebook,
    table: DeliveredTable,
    waves: Iterable[str],
) -> int:
    """Delete from the table `delivered` who was forgotten in one of these waves; gives their number."""
    names = {column.name for column in table.columns}
    count = 0
    for wave_id in waves:
        if forgotten(settings, wave_id) and (name := respondent_column(codebook, wave_id)) in names:
            count += leave_out(connection, settings, wave_id, name)
    return count


def redacted(original: Original, connection: DuckDBPyConnection) -> Original:
    """The delivery, its copy being what the table `delivered` has: without the forgotten."""
    copy = redacted_copy(connection, original.copy.parent)
    original.copy.unlink()
    with copy.open("rb") as file:
        checksum = file_digest(file, "sha256").hexdigest()
    return replace(original, copy=copy, suffix=REDACTED, checksum=checksum)


def erased(count: int) -> Problem:
    """What the report says of those who were left out: how many."""
    who = "1 respondent was" if count == 1 else f"{count} respondents were"
    message = f"{who} erased at their own request and left out."
    return Problem(Kind.ERASED, message, NOTHING, count=count, severity=Severity.WARN)


def without_values(report: Report) -> Report:
    """The report without a value from the file: one of them may be a forgotten respondent's."""
    problems = (replace(problem, first_rows=(), values=()) for problem in report.problems)
    return replace(report, problems=tuple(problems))
