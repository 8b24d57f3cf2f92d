"""Running a suite on a DuckDB file: GX imported once, one connection for all of its checks.

What belongs here: from the checks of a suite to their results. What does not: the checks
themselves, how GX is asked, and who is told.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from expectations import delivery, marts, plausibility, staging
from expectations.data_docs import write_page
from expectations.declarations import SCHEMAS, Check, Expectation, Layer, Scope
from expectations.results import CheckResult, Finding, check_result
from expectations.survey import thresholds

SUITES: Mapping[Layer, tuple[Check, ...]] = {
    "delivery": (*delivery.CHECKS, *plausibility.CHECKS),
    "staging": staging.CHECKS,
    "marts": marts.CHECKS,
}


@dataclass(frozen=True)
class _Plan:
    """A check with what it expects of these waves, or with what kept it from saying so."""

    check: Check
    expectations: tuple[Expectation, ...] = ()
    error: str | None = None


def run_suite(
    layer: Layer, database: Path, scope: Scope, docs: Path | None = None
) -> list[CheckResult]:
    """Runs a layer's suite on a DuckDB file, opened read-only: one result a check, in their order.

    `docs`, where given, is the folder whose Data Docs page of this suite (for a delivery: of this
    suite and wave) is written anew. A check that cannot run gives a result with an error, and so
    does every check where the file cannot be opened. Raises CodebookError where the survey has no
    `quality_thresholds.csv`.
    """
    results = run_checks(layer, SUITES[layer], database, scope)
    if docs is not None:
        write_page(docs, layer, scope.waves, results)
    return results


def run_checks(
    layer: Layer, checks: Iterable[Check], database: Path, scope: Scope
) -> list[CheckResult]:
    """Runs some checks of a layer as `run_suite` does, and writes nothing."""
    set_by_survey = thresholds(scope.codebook)
    plans = [_plan(check, scope) for check in checks]
    return [
        check_result(
            plan.check,
            plan.expectations,
            findings,
            error=plan.error,
            threshold=set_by_survey.get(plan.check.name),
        )
        for plan, findings in zip(plans, _findings(database, SCHEMAS[layer], plans), strict=True)
    ]


def _plan(check: Check, scope: Scope) -> _Plan:
    try:
        return _Plan(check, tuple(check.expectations(scope)))
    except Exception as error:  # A check that cannot be planned must not take the others along.
        return _Plan(check, error=f"{type(error).__name__}: {error}")


def _findings(database: Path, schema: str, plans: Sequence[_Plan]) -> Iterator[list[Finding]]:
    """What GX finds for each plan, one finding an expectation."""
    # GX decides at its import whether to report its use to its makers.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    from expectations.validation import validate

    expected: defaultdict[str, list[Expectation]] = defaultdict(list)
    for plan in plans:
        expected[plan.check.table].extend(plan.expectations)
    found = {table: iter(f) for table, f in validate(database, schema, expected).items()}
    for plan in plans:
        yield list(islice(found[plan.check.table], len(plan.expectations)))
