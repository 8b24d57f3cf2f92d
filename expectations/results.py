"""What came of a check, in plain values: for Dagster, for Data Docs, for whoever publishes.

What belongs here: the result of one check and how it follows from the findings of its expectations.
What does not: finding them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, zip_longest
from math import isfinite
from typing import Literal

from expectations.declarations import Check, Expectation, Layer
from expectations.survey import Severity, Threshold

Status = Literal["passed", "failed", "error"]
Row = Mapping[str, object]

SAMPLE_ROWS = 10


@dataclass(frozen=True)
class Finding:
    """What one expectation found: how many rows or values fail it and some of them, or an error."""

    subject: str
    failing_rows: int = 0
    sample: tuple[Row, ...] = ()
    error: str | None = None


@dataclass(frozen=True)
class CheckResult:
    """One check, run once.

    `failing_rows` counts what broke the promise: rows; values, where it is about the values of
    columns; 1, where it is about the table as a whole. `sample` shows some of them, and
    `details["failing"]` counts them by column. `error` says why a check could not run, or not in
    full: it then neither passed nor failed.
    """

    name: str
    layer: Layer
    table: str
    title: str
    severity: Severity
    remedy: str
    failing_rows: int = 0
    sample: tuple[Row, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)
    expected: tuple[str, ...] = ()
    error: str | None = None

    @property
    def status(self) -> Status:
        """Whether it passed, failed on the data, or could not run."""
        if self.error is not None:
            return "error"
        return "failed" if self.failing_rows else "passed"

    @property
    def passed(self) -> bool:
        """True only for a check that ran and found nothing."""
        return self.status == "passed"


def check_result(
    check: Check,
    expectations: Sequence[Expectation],
    findings: Sequence[Finding],
    *,
    error: str | None,
    threshold: Threshold | None,
) -> CheckResult:
    """The result of a check: from what its expectations found, or from what kept it from running.

    `threshold` is what the survey says of the check, where it says something.
    """
    failing: Counter[str] = Counter()
    for finding in findings:
        failing[finding.subject] += finding.failing_rows
    # A little of every column that fails, rather than all of the first.
    rows = chain.from_iterable(zip_longest(*(finding.sample for finding in findings)))
    errors = dict.fromkeys(f"{f.subject}: {f.error}" for f in findings if f.error)
    return CheckResult(
        name=check.name,
        layer=check.layer,
        table=check.table,
        title=check.title,
        severity=(threshold and threshold.severity) or check.severity,
        remedy=check.remedy,
        failing_rows=failing.total(),
        sample=tuple(islice((row for row in rows if row is not None), SAMPLE_ROWS)),
        details={
            "expectations": len(expectations),
            "failing": dict(+failing),
            **({"severity_because": threshold.reason} if threshold else {}),
        },
        expected=tuple(expectation.says for expectation in expectations),
        error=error or "\n".join(errors) or None,
    )


def plain(value: object) -> object:
    """A value as JSON has it: dates, decimals and the like as text, and floats that are no number."""
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
