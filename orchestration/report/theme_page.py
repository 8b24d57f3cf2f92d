"""A theme's page: how its items were answered, by whom differently, and wave after wave.

What belongs here: which figures stand together, and what stands out. What does not: words and markup.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from orchestration.report.charts import (
    Axis,
    colour,
    heat,
    mark,
    pieces,
    scale_axis,
    sides,
)
from orchestration.report.marts import EVERYBODY, TOTAL, Breakdown, Marts, Row, score_of
from orchestration.report.panels import Bar, Cell, GroupPanel, Line


class ThemePage:
    """The figures of one theme."""

    def __init__(self, marts: Marts, theme: Row) -> None:
        self.marts = marts
        self.theme = theme
        self.items = marts.items[theme["theme_id"]]
        self.scales = {item["item_id"]: marts.scale_of(item["item_id"]) for item in self.items}
        self.axis = scale_axis(self.scales.values())
        self.score: Row = {"item_id": score_of(theme["theme_id"])}

    @cached_property
    def answers(self) -> Sequence[Row] | None:
        """The answers that all items of the theme share; None where their scales differ."""
        first, *others = self.scales.values()
        return first.answers if all(scale == first for scale in others) else None

    @property
    def favourable(self) -> list[Row]:
        """The answers that count as favourable, where all items share them."""
        return [answer for answer in self.answers or () if answer["is_favourable"]]

    def answer_step(self, number: int) -> int:
        """The step of colour of an answer."""
        return colour(number, len(self.answers or ()))

    def as_lines(self, scores: Sequence[Cell]) -> list[Line]:
        """Each group's score on a line of its own."""
        return [Line(cell.group, [cell]) for cell in scores]

    def asked(self, wave: Row) -> list[Row]:
        """The items that a wave asks."""
        return [i for i in self.items if (wave["wave_id"], i["item_id"]) in self.marts.versions]

    @cached_property
    def waves(self) -> list[Row]:
        """The waves that ask any of the items, the newest first."""
        return [wave for wave in reversed(self.marts.waves) if self.asked(wave)]

    def bars(self, wave: Row) -> list[Bar]:
        """How everybody answered in a wave, the highest mean first; drawn alike in every wave."""
        left, right = self._reach
        found = []
        for item in self.asked(wave):
            figures = self._figures(wave, TOTAL, EVERYBODY, item)
            rows = self.marts.shares.get((wave["wave_id"], item["item_id"]), [])
            shares = [row["share"] for row in rows if row["share"] is not None]
            if figures:
                found.append(Bar(item, figures, rows, pieces(shares, left, right)))
        return sorted(found, key=lambda bar: -(bar.figures["mean"] or 0))

    def panels(self) -> Iterator[GroupPanel]:
        """Every break-down in every wave that knows it."""
        for breakdown in self.marts.breakdowns:
            for wave in self.waves:
                panel = self._panel(wave, breakdown)
                if panel.groups:
                    yield panel

    @cached_property
    def items_by_wave(self) -> list[Line]:
        """Each item, with everybody's mean in each wave, the oldest first; items in the order of the
        newest."""
        everybody = {"group_code": EVERYBODY}
        items = [bar.item for bar in self.bars(self.waves[0])]
        return [
            Line(item, self._by_wave(TOTAL, everybody, item))
            for item in (*items, *(item for item in self.items if item not in items))
        ]

    def scores_by_wave(self, breakdown: Breakdown) -> list[Line]:
        """Each group, with the theme's score in each wave, the oldest first."""
        lines = [
            Line(group, self._by_wave(breakdown.breakdown, group, self.score))
            for group in breakdown.groups
        ]
        return [line for line in lines if any(line.cells)]

    @cached_property
    def reliability(self) -> dict[str, Row]:
        """How well the items go together, by wave."""
        return {
            row["wave_id"]: row
            for row in self.marts.table("theme_reliability")
            if row["theme_id"] == self.theme["theme_id"]
        }

    def axis_of(self, breakdown: str, *, scores: bool = False) -> Axis | None:
        """The part of the scale on which the items, or the scores, of a break-down are drawn, in every
        wave; None where items have scales of their own."""
        return self._axes.get((breakdown, scores), self.axis) if self.answers else None

    @cached_property
    def _axes(self) -> dict[tuple[str, bool], Axis]:
        found: dict[tuple[str, bool], list[float | None]] = {}
        for (_, breakdown, _, item_id), row in self.marts.figures.items():
            if row["theme_id"] == self.theme["theme_id"]:
                key = (breakdown, item_id == self.score["item_id"])
                found.setdefault(key, []).extend((row["mean"], row["ci_low"], row["ci_high"]))
        return {key: self.axis.around(values) for key, values in found.items()}

    def total(self, wave: Row) -> Row | None:
        """Everybody's theme score."""
        return self._figures(wave, TOTAL, EVERYBODY, self.score)

    def _by_wave(self, breakdown: str, group: Row, item: Row) -> list[Cell | None]:
        return [self._cell(wave, breakdown, group, item) for wave in reversed(self.waves)]

    def _panel(self, wave: Row, breakdown: Breakdown) -> GroupPanel:
        name = breakdown.breakdown
        groups = [
            group
            for group in breakdown.groups
            if self._figures(wave, name, group["group_code"], self.score)
        ]
        scores = [self._cell(wave, name, group, self.score) for group in groups]
        lines = [
            Line(item, [self._cell(wave, name, group, item) for group in groups])
            for item in (bar.item for bar in self.bars(wave))
        ]
        return GroupPanel(wave, breakdown, groups, [cell for cell in scores if cell], lines)

    def _cell(self, wave: Row, breakdown: str, group: Row, item: Row) -> Cell | None:
        figures = self._figures(wave, breakdown, group["group_code"], item)
        if figures is None:
            return None
        axis = self._axis(item, breakdown)
        drawn = mark(axis, figures["mean"], figures["ci_low"], figures["ci_high"])
        return Cell(item, group, figures, drawn, heat(figures["difference"], self.axis))

    def _axis(self, item: Row, breakdown: str) -> Axis:
        shared = self.axis_of(breakdown, scores=item is self.score)
        if shared:
            return shared
        scale = self.scales.get(item["item_id"])
        return scale_axis([scale]) if scale else self.axis

    def _figures(self, wave: Row, breakdown: str, group: str, item: Row) -> Row | None:
        return self.marts.figures.get((wave["wave_id"], breakdown, group, item["item_id"]))

    @cached_property
    def _reach(self) -> tuple[float, float]:
        """How far bars reach to either side, over all waves."""
        spread = [
            [row["share"] for row in self.marts.shares.get((wave["wave_id"], item["item_id"]), [])]
            for wave in self.waves
            for item in self.asked(wave)
        ]
        found = [sides(shares) for shares in spread if shares and None not in shares]
        return max((left for left, _ in found), default=0.5), max(
            (right for _, right in found), default=0.5
        )
