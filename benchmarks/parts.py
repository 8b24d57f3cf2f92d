"""The parts of the benchmarks, and what each gives: readings for tables and plots, figures for the goals."""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.measuring import Reading

# A module each, with `measure(folder, is_trial=…) -> Part`; in the order of the page.
PARTS = ("heavy_pass", "loading", "marts", "waves", "fixed_cost", "readers", "scale")


@dataclass(frozen=True)
class Row:
    """The reading of one way at one place of a series: of so many respondents, waves, or of that query."""

    series: str
    way: str
    x: float | str
    wall: float
    cpu: float | None = None
    megabytes: float | None = None

    @classmethod
    def of(cls, series: str, way: str, x: float | str, reading: Reading) -> Row:
        """The row of a reading."""
        return cls(series, way, x, reading.wall, reading.cpu, reading.megabytes)


@dataclass(frozen=True)
class Part:
    """Readings; what goals are held against, by name; and what was not measured, and why."""

    readings: list[Row]
    figures: dict[str, float]
    remarks: list[str] = field(default_factory=list)
