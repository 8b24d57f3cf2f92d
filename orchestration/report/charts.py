"""Where figures lie on a scale, in per cent of its width; the templates draw them.

Charts are drawn to the width of the page: a place is a percentage, so text keeps its size on a phone
and in print. What belongs here: places and steps of colour. What does not: words and markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from orchestration.report.marts import Scale

Row = Mapping[str, Any]

# A difference, as a part of the scale's width, from which a cell has the next colour.
STEPS = (0.025, 0.05, 0.1)
# A share that leaves room for its number.
ROOM = 0.07


@dataclass(frozen=True)
class Axis:
    """A stretch of numbers drawn from left to right."""

    low: float
    high: float

    def place(self, value: float) -> str:
        """Where a value lies, in per cent, kept inside."""
        part = (value - self.low) / ((self.high - self.low) or 1)
        return f"{100 * min(1.0, max(0.0, part)):.1f}%"

    @property
    def ticks(self) -> list[int]:
        """The whole numbers along it."""
        return list(range(ceil(self.low), floor(self.high) + 1))

    def around(self, values: Iterable[float | None]) -> Axis:
        """The part between whole numbers in which all values lie; all of it where there are none."""
        known = [value for value in values if value is not None]
        if not known:
            return self
        low, high = max(self.low, floor(min(known))), min(self.high, ceil(max(known)))
        return Axis(low, high) if low < high else self

    def width(self, low: float, high: float) -> str:
        """How wide a stretch is, in per cent."""
        return f"{100 * (high - low) / ((self.high - self.low) or 1):.1f}%"


@dataclass(frozen=True)
class Mark:
    """A figure with its interval, drawn as a dot on a line."""

    at: str
    low: str | None
    high: str | None


@dataclass(frozen=True)
class Piece:
    """A part of a bar: the answers of one kind."""

    at: str
    width: str
    middle: str
    step: int
    share: float
    has_room: bool


def scale_axis(scales: Iterable[Scale]) -> Axis:
    """The whole of these scales, so that no difference looks larger than it is."""
    found = list(scales)
    lowest = min((scale.lowest for scale in found), default=0.0)
    return Axis(lowest, max((scale.highest for scale in found), default=1.0))


def interval(
    difference: float | None, error: float | None, degrees: float | None
) -> tuple[float, float] | None:
    """The 95 % interval of a difference; None where there is no error to tell it."""
    from scipy.special import stdtrit

    if difference is None or error is None or degrees is None:
        return None
    half = float(stdtrit(degrees, 0.975)) * error
    return difference - half, difference + half


def difference_axis(intervals: Iterable[tuple[float, float] | None]) -> Axis:
    """As far to the left as to the right of 0, with room for every interval."""
    furthest = max((abs(end) for ends in intervals if ends for end in ends), default=0.1)
    return Axis(-furthest, furthest)


def mark(axis: Axis, value: float | None, low: float | None, high: float | None) -> Mark | None:
    """The dot of a figure; None where there is none."""
    if value is None:
        return None
    return Mark(
        axis.place(value),
        axis.place(low) if low is not None else None,
        axis.place(high) if high is not None else None,
    )


def sides(shares: Sequence[float]) -> tuple[float, float]:
    """How far a diverging bar reaches to the left and right of the middle answer's middle."""
    half, odd = divmod(len(shares), 2)
    middle = shares[half] / 2 if odd else 0.0
    return sum(shares[:half]) + middle, sum(shares[half + odd :]) + middle


def pieces(shares: Sequence[float], left: float, right: float) -> list[Piece]:
    """A diverging bar whose middle lies where those of other bars do, which reach this far."""
    axis = Axis(-left, right)
    start = -sides(shares)[0]
    found = []
    for number, share in enumerate(shares):
        found.append(
            Piece(
                axis.place(start),
                axis.width(0, share),
                axis.place(start + share / 2),
                colour(number, len(shares)),
                share,
                share / ((left + right) or 1) >= ROOM,
            )
        )
        start += share
    return found


def heat(difference: float | None, axis: Axis) -> int:
    """The step of colour of a difference: 0 for next to none, below 0 for lower."""
    if difference is None:
        return 0
    part = abs(difference) / ((axis.high - axis.low) or 1)
    step = sum(part >= start for start in STEPS)
    return step if difference > 0 else -step


def colour(number: int, answers: int) -> int:
    """One of seven colours, from -3 for the lowest answer to 3 for the highest; 0 in the middle."""
    half = answers // 2
    if answers % 2 and number == half:
        return 0
    from_end = number if number < half else answers - 1 - number
    step = max(1, 3 - round(from_end * (2 / max(1, half - 1)))) if half > 1 else 3
    return -step if number < half else step
