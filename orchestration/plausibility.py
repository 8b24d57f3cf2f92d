"""Plausibility at the door: the suite of a delivery, and what it found as problems of a report.

What belongs here: what the suite needs of this warehouse (the answers of the wave before), and how
its results become problems. What does not: the checks (`expectations`), and who acts upon them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from expectations.answers import value_counts
from expectations.declarations import Answers, Scope
from expectations.results import CheckResult
from expectations.running import run_suite
from orchestration.codebook import Codebook
from orchestration.deliveries.report import Kind, Problem, Severity, ValueCount
from orchestration.deliveries.warehouse import connected, state
from orchestration.settings import Settings
from orchestration.sql import identifier

TRY_AGAIN = "Mend what the message names, and run again; it says nothing about the delivery."


def examine_plausibility(
    settings: Settings, codebook: Codebook, wave_id: str, database: Path
) -> list[Problem]:
    """What is implausible in an examined delivery, whose table `delivered` is in `database`.

    A check that blocks gives a problem that refuses, one that warns or could not run a warning. The
    warehouse is read at most, and nothing is written. Raises CodebookError where the survey has no
    `quality_thresholds.csv`.
    """
    scope = delivery_scope(settings, codebook, wave_id)
    return problems_of(run_suite("delivery", database, scope))


def delivery_scope(settings: Settings, codebook: Codebook, wave_id: str) -> Scope:
    """What a delivery of the wave is held against, the wave before it included."""
    before = partial(answers_before, settings, codebook, wave_id)
    return Scope(codebook, (wave_id,), before)


def answers_before(settings: Settings, codebook: Codebook, wave_id: str) -> Answers:
    """How often each score was given to each item in the wave before; nothing if it is not loaded.

    Raises WarehouseBusy while another process writes to the warehouse.
    """
    (previous,) = (
        row["previous_wave_id"] for row in codebook.table("waves") if row["wave_id"] == wave_id
    )
    loaded = state(settings).get(previous)
    if loaded is None:
        return {}
    scope = Scope(codebook, (previous,))
    table = f"raw.{identifier(loaded.table_name)}"
    with connected(settings, read_only=True) as connection:
        counted = connection.execute(f"with batch as (from {table}) {value_counts(scope)}")
        counts = counted.fetchall()
    items = {item.source_column: item for item in scope.items}
    answers: defaultdict[str, defaultdict[int, int]] = defaultdict(lambda: defaultdict(int))
    for column, value, times in counts:
        item = items[column]
        if value in item.score_of:
            answers[item.item_id][item.score_of[value]] += times
    return answers


def problems_of(results: Iterable[CheckResult]) -> list[Problem]:
    """The checks that were not kept, as problems: none quotes an id or an answer."""
    return [_problem(result) for result in results if not result.passed]


def _problem(result: CheckResult) -> Problem:
    if result.error is not None:
        message = f"{result.title}: could not be checked ({result.error})."
        return Problem(Kind.IMPLAUSIBLE, message, TRY_AGAIN, severity=Severity.WARN)
    values = tuple(_counts(result))
    return Problem(
        Kind.IMPLAUSIBLE,
        f"{result.title}: not kept{_where(result)}.",
        result.remedy,
        count=result.failing_rows,
        values=values,
        distinct_values=result.failing_rows if values else 0,
        severity=Severity.REFUSE if result.severity == "block" else Severity.WARN,
    )


def _where(result: CheckResult) -> str:
    """The first respondents that break the promise, where they are known."""
    rows = sorted({int(str(found["row"])) for found in result.sample if "row" in found})
    if not rows:
        return ""
    more = " and more" if result.failing_rows > len(rows) else ""
    return f" by row {', '.join(map(str, rows))}{more}, counted without a header"


def _counts(result: CheckResult) -> Iterator[ValueCount]:
    """The columns or units that break the promise, each with the number of its respondents."""
    for found in result.sample:
        if "respondents" in found:
            names = (found.get(name) for name in ("column_name", "unit", "role"))
            named = " ".join(str(name) for name in names if name)
            yield ValueCount(named, int(str(found["respondents"])))
