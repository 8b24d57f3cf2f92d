"""Headers: the rows above the answers as columns, by the convention of the program that wrote them.

What belongs here: telling the conventions apart. What does not: a convention's own rules, which are
in the module named for its program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestration.deliveries.formats import limesurvey, qualtrics
from orchestration.deliveries.formats.table import DeliveredColumn, columns_of

MOST_ROWS = qualtrics.HEADER_ROWS

Row = Sequence[str | None]


@dataclass(frozen=True)
class Header:
    """The columns, the number of rows that say so, and the convention as it is stated, if any."""

    columns: tuple[DeliveredColumn, ...]
    rows: int = 1
    convention: str | None = None

    @property
    def stated(self) -> dict[str, str]:
        """The convention, where there is one."""
        return {"header": self.convention} if self.convention else {}


def header_of(rows: Sequence[Row]) -> Header:
    """The header, given the first `MOST_ROWS` rows of a table, or fewer where it has no more."""
    names = rows[0]
    if qualtrics.is_header(rows):
        return Header(_with_texts(names, rows[1]), qualtrics.HEADER_ROWS, qualtrics.CONVENTION)
    if limesurvey.is_header(names):
        codes, texts = zip(*map(limesurvey.split, names), strict=True)
        return Header(_with_texts(codes, texts), 1, limesurvey.CONVENTION)
    return Header(columns_of(names))


def _with_texts(names: Row, texts: Row) -> tuple[DeliveredColumn, ...]:
    return tuple(
        replace(column, text=text or "")
        for column, text in zip(columns_of(names), texts, strict=True)
    )
