"""The report on a delivery: every problem found, for the sender and for machines.

What belongs here: what a problem and a report are, and a report as JSON. What does not: finding
problems, and showing them to people (`report_text`, `report_html`, `report_terminal`). A report quotes values from the file, so it stays beside the file in the
rejected folder; `Report.summary` quotes none and may be logged.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import NamedTuple

FIRST_ROWS = 5
FREQUENT_VALUES = 10
LONGEST_QUOTE = 80


class Severity(StrEnum):
    """What a problem does to its delivery."""

    REFUSE = "refuse"
    WARN = "warn"


class Kind(StrEnum):
    """What is wrong, as a word for machines."""

    UNSUPPORTED_FORMAT = "unsupported_format"
    UNREADABLE = "unreadable"
    TRUNCATED = "truncated"
    WRONG_ENCODING = "wrong_encoding"
    EMPTY = "empty"
    UNKNOWN_WAVE = "unknown_wave"
    UNKNOWN_COLUMN = "unknown_column"
    MISSING_COLUMN = "missing_column"
    DOUBLED_COLUMN = "doubled_column"
    OTHER_QUESTION = "other_question"
    MISSING_RESPONDENT_ID = "missing_respondent_id"
    DOUBLED_RESPONDENT_ID = "doubled_respondent_id"
    OUTSIDE_SCALE = "outside_scale"
    UNKNOWN_GROUP = "unknown_group"
    BLANK_STRATUM = "blank_stratum"
    INVALID_WEIGHT = "invalid_weight"
    UNREAD_SHEET = "unread_sheet"
    IMPLAUSIBLE = "implausible"
    SUPERSEDED = "superseded"
    BAD_MANIFEST = "bad_manifest"
    OTHER_FILE = "other_file"
    OTHER_CHECKSUM = "other_checksum"
    OTHER_ROW_COUNT = "other_row_count"
    OTHER_WAVE = "other_wave"
    OTHER_LABEL = "other_label"
    UNREAD_FILE = "unread_file"
    PARTIAL = "partial"
    ERASED = "erased"


class Cell(NamedTuple):
    """A place in the file: the row as a person counts (the header is row 1), and what stands there."""

    row: int
    value: str | None


class ValueCount(NamedTuple):
    """A value and the number of rows that have it."""

    value: str
    rows: int


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with one column, or with the file where `column` is None.

    `count` is the number of rows it touches, or 1 where it is about the column or the file itself;
    `values` are the most frequent wrong values, `distinct_values` how many there are.
    """

    kind: Kind
    message: str
    remedy: str
    column: str | None = None
    count: int = 1
    first_rows: tuple[Cell, ...] = ()
    values: tuple[ValueCount, ...] = ()
    distinct_values: int = 0
    severity: Severity = Severity.REFUSE


@dataclass(frozen=True)
class Report:
    """What was found in one delivery; `wave_id` is None where no wave is known for it.

    `stated` says how the file was read, such as its encoding, by name.
    """

    file_name: str
    wave_id: str | None
    sha256: str
    row_count: int = 0
    column_count: int = 0
    problems: tuple[Problem, ...] = ()
    stated: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_refused(self) -> bool:
        """Whether a problem forbids to load the delivery."""
        return any(problem.severity is Severity.REFUSE for problem in self.problems)

    @property
    def summary(self) -> str:
        """The verdict and the problems by kind, without a value from the file."""
        kinds = Counter(problem.kind.replace("_", " ") for problem in self.problems)
        found = ", ".join(f"{kind} ({count})" for kind, count in kinds.items()) or "no problems"
        return f"{self.file_name}: {'refused' if self.is_refused else 'accepted'}: {found}."

    @property
    def verdict(self) -> str:
        """What becomes of the delivery, in words."""
        if self.is_refused:
            return "refused, nothing was loaded"
        return "accepted with warnings" if self.problems else "accepted"

    def as_json(self, **further: object) -> str:
        """The whole report, for a machine: the fields as they are named here, and further ones."""
        return json.dumps(
            {"is_refused": self.is_refused} | asdict(self) | further, indent=2, ensure_ascii=False
        )


def quoted(value: str | None) -> str:
    """A value from a file as it may stand in a line of text: on one line, cut where it is long."""
    if value is None:
        return "(blank)"
    shown = value if len(value) <= LONGEST_QUOTE else value[:LONGEST_QUOTE] + "…"
    return repr(shown)
