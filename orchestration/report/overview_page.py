"""The first page: response, headline figures, what changed since the wave before, and findings.

What belongs here: which figures stand together. What does not: words and markup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.report.charts import Axis, Mark, difference_axis, interval, mark, scale_axis
from orchestration.report.marts import EVERYBODY, TOTAL, Breakdown, Marts, Row, score_of

STATUSES = ("confirmed", "not shown", "reversed", "too few", "not asked")


@dataclass(frozen=True)
class Headline:
    """A theme in a wave: its score, and the items that everybody rated highest and lowest."""

    theme: Row
    figures: Row
    mark: Mark | None
    axis: Axis
    highest: tuple[Row, Row]
    lowest: tuple[Row, Row]


@dataclass(frozen=True)
class Change:
    """An item of which the mean differs from the wave before."""

    theme: Row
    item: Row
    figures: Row
    mark: Mark | None


@dataclass(frozen=True)
class WaveOverview:
    """What one wave says at a glance."""

    wave: Row
    previous: Row | None
    response: Row | None
    coverage: Sequence[tuple[Breakdown, Sequence[tuple[Row, Row]]]]
    headlines: Sequence[Headline]
    changes: Sequence[Change]
    compared: int
    reworded: int
    findings: Mapping[str, int]


class OverviewPage:
    """The overview of every wave, the newest first."""

    def __init__(self, marts: Marts) -> None:
        self.marts = marts
        self.waves = [self._wave(wave) for wave in reversed(marts.waves)]

    def _wave(self, wave: Row) -> WaveOverview:
        wave_id = wave["wave_id"]
        known = {row["wave_id"]: row for row in self.marts.waves}
        everybody = [
            (theme, item, figures)
            for theme in self.marts.themes
            for item in self.marts.items[theme["theme_id"]]
            if (figures := self._figures(wave_id, item["item_id"]))
        ]
        compared = [found for found in everybody if found[2]["change"] is not None]
        return WaveOverview(
            wave,
            known.get(wave.get("previous_wave_id") or ""),
            self.marts.response.get((wave_id, TOTAL, EVERYBODY)),
            list(self._coverage(wave_id)),
            [found for theme in self.marts.themes if (found := self._headline(wave_id, theme))],
            _changes(compared),
            len(compared),
            sum(figures["comparability"] == "reworded" for _, _, figures in compared),
            self._findings(wave_id),
        )

    def _figures(self, wave_id: str, item_id: str) -> Row | None:
        return self.marts.figures.get((wave_id, TOTAL, EVERYBODY, item_id))

    def _headline(self, wave_id: str, theme: Row) -> Headline | None:
        figures = self._figures(wave_id, score_of(theme["theme_id"]))
        items = [
            (item, found)
            for item in self.marts.items[theme["theme_id"]]
            if (found := self._figures(wave_id, item["item_id"])) and found["mean"] is not None
        ]
        if figures is None or not items:
            return None
        axis = scale_axis(self.marts.scale_of(item["item_id"]) for item, _ in items)
        return Headline(
            theme,
            figures,
            mark(axis, figures["mean"], figures["ci_low"], figures["ci_high"]),
            axis,
            max(items, key=lambda found: found[1]["mean"]),
            min(items, key=lambda found: found[1]["mean"]),
        )

    def _coverage(self, wave_id: str) -> Sequence[tuple[Breakdown, Sequence[tuple[Row, Row]]]]:
        found = []
        for breakdown in self.marts.breakdowns:
            rows = [
                (group, row)
                for group in breakdown.groups
                if (
                    row := self.marts.response.get(
                        (wave_id, breakdown.breakdown, group["group_code"])
                    )
                )
            ]
            if rows:
                found.append((breakdown, rows))
        return found

    def _findings(self, wave_id: str) -> Mapping[str, int]:
        counted = Counter(row["status"] for row in self.marts.findings if row["wave_id"] == wave_id)
        known = {status: counted[status] for status in STATUSES if counted[status]}
        return known | {status: n for status, n in counted.items() if status not in known}


def _changes(compared: Sequence[tuple[Row, Row, Row]]) -> list[Change]:
    """The items that changed, the largest change first."""
    changed = sorted(
        (found for found in compared if found[2]["change_verdict"] in ("higher", "lower")),
        key=lambda found: -abs(found[2]["change"]),
    )
    axis = difference_axis(change_interval(figures) for _, _, figures in changed)
    return [
        Change(
            theme,
            item,
            figures,
            mark(axis, figures["change"], *(change_interval(figures) or (None, None))),
        )
        for theme, item, figures in changed
    ]


def change_interval(figures: Row) -> tuple[float, float] | None:
    """The 95 % interval of the change since the wave before."""
    return interval(
        figures["change"], figures["change_error"], figures["change_degrees_of_freedom"]
    )
