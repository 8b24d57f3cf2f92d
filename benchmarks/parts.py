"""What a part of the benchmarks gives: readings for its tables and plots, and figures for the goals."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.measuring import Reading


@dataclass(frozen=True)
class Row:
    """The reading of one way at one place of a series: of so many respondents, waves, or of that query."""

    series: str
    way: str
    x: float | str
    wall: float
    cpu: float
    megabytes: float | None

    @classmethod
    def of(cls, series: str, way: str, x: float | str, reading: Reading) -> Row:
        return cls(series, way, x, reading.wall, reading.cpu, reading.megabytes)


@dataclass(frozen=True)
class Part:
    """Readings, and what goals are held against, by name."""

    readings: list[Row]
    figures: dict[str, float]
