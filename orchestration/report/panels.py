"""What a theme's page is put together from: bars, lines of dots, and a break-down in a wave.

What belongs here: what such a part consists of, and what stands out in it. What does not: finding its
figures, which `theme_page` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from orchestration.report.charts import Mark, Piece
from orchestration.report.marts import Breakdown, Row

# More groups than this are told by a heat map; dots of so many could not be told apart.
GROUPS_AS_DOTS = 6


@dataclass(frozen=True)
class Cell:
    """One item, or the theme's score, in one group and wave: its figures and where they are drawn."""

    item: Row
    group: Row
    figures: Row
    mark: Mark | None
    heat: int


@dataclass(frozen=True)
class Bar:
    """How everybody answered an item in a wave."""

    item: Row
    figures: Row
    shares: Sequence[Row]
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Line:
    """What stands on one line of a chart of dots: each series may have a mark."""

    label_of: Row
    cells: Sequence[Cell | None]


@dataclass(frozen=True)
class GroupPanel:
    """A break-down in a wave: the theme's score by group, and each item by group."""

    wave: Row
    breakdown: Breakdown
    groups: Sequence[Row]
    scores: Sequence[Cell]
    lines: Sequence[Line]

    @property
    def as_dots(self) -> bool:
        return len(self.groups) <= GROUPS_AS_DOTS

    @cached_property
    def standing_out(self) -> list[Cell]:
        """The cells that differ from the rest, the largest difference first."""
        # Of two groups, each is the other's rest: the difference is told once.
        told = self.groups[:1] if len(self.groups) == 2 else self.groups
        codes = {group["group_code"] for group in told}
        found = [
            cell
            for line in self.lines
            for cell in line.cells
            if cell
            and cell.group["group_code"] in codes
            and cell.figures["verdict"] in ("higher", "lower")
        ]
        return sorted(found, key=lambda cell: -abs(cell.figures["difference"]))

    @property
    def hidden(self) -> list[str]:
        """Why figures of this panel are hidden."""
        reasons = {
            cell.figures["suppression_reason"]
            for line in self.lines
            for cell in line.cells
            if cell and cell.figures["is_suppressed"]
        }
        return sorted(reasons)
