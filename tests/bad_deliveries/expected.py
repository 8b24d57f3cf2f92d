"""The problems by which bad deliveries must be reported, word for word.

What belongs here: the shape of a problem as it is expected, and those that many deliveries share. What
does not: the deliveries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestration.deliveries.report import Kind, Problem, Severity

UNKNOWN = "The codebook does not know the column in this wave."
MISSING = {
    "nr": "The codebook asks for it as respondent_id.",
    "org": "The codebook asks for it as stratum, organisation.",
    "rol": "The codebook asks for it as role.",
    "gewicht": "The codebook asks for it as weight.",
    "synthetisch": "The codebook asks for it as synthetic_marker.",
    "v1": "The codebook asks for it as item C1 ('Ik ken mijn vak').",
    "v2": 'The codebook asks for it as item D1 ("Ik zie geen dilemma\'s").',
    "v3": "The codebook asks for it as item D2 ('Ik durf tegen te spreken').",
}
NO_CODE = {
    "v1": "Answers are no code of item C1: the codebook knows 1, 2, 3, 8.",
    "v2": "Answers are no code of item D1: the codebook knows 1, 2, 3, 8.",
    "v3": "Answers are no code of item D2: the codebook knows 1, 2, 3, 8.",
}
NO_GROUP = {
    "org": "Values are no group of stratum, organisation: the codebook knows BZK, FIN.",
    "rol": "Values are no group of role: the codebook knows L, M.",
}
SHARED_ID = "Rows share their respondent id with another row."
NO_WEIGHT = "Weights are no number above zero."


@dataclass(frozen=True)
class Expected:
    """A problem as it must be reported; rows as a person counts them in the file."""

    kind: Kind
    message: str
    column: str | None = None
    count: int = 1
    rows: tuple[int, ...] = ()
    values: Mapping[str, int] = field(default_factory=dict)
    severity: Severity = Severity.REFUSE

    @classmethod
    def of(cls, problem: Problem) -> Expected:
        """The same of a problem that was found."""
        return cls(
            problem.kind,
            problem.message,
            problem.column,
            problem.count,
            tuple(row for row, _ in problem.first_rows),
            dict(problem.values),
            problem.severity,
        )


def warned(kind: Kind, message: str, column: str | None = None, count: int = 1) -> Expected:
    """A problem with which a delivery is accepted all the same."""
    return Expected(kind, message, column, count, severity=Severity.WARN)


def unknown(column: str, more: str = "") -> Expected:
    """A column outside the codebook, and what else is said of it."""
    return Expected(Kind.UNKNOWN_COLUMN, f"{UNKNOWN} {more}".rstrip(), column)


def missing(*columns: str) -> tuple[Expected, ...]:
    """Columns of the codebook that the file lacks; all of them unless some are named."""
    return tuple(
        Expected(Kind.MISSING_COLUMN, MISSING[column], column) for column in columns or MISSING
    )


def no_code(column: str, rows: tuple[int, ...], values: Mapping[str, int]) -> Expected:
    """Answers outside the scale of the column's item."""
    count = sum(values.values())
    return Expected(Kind.OUTSIDE_SCALE, NO_CODE[column], column, count, rows, values)


def no_group(column: str, rows: tuple[int, ...], values: Mapping[str, int]) -> Expected:
    """Values that are no group of the column's attribute."""
    count = sum(values.values())
    return Expected(Kind.UNKNOWN_GROUP, NO_GROUP[column], column, count, rows, values)


def bad_manifest(message: str) -> Expected:
    """A manifest that cannot be used."""
    return Expected(Kind.BAD_MANIFEST, message)
