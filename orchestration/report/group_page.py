"""A ministry's page: its profile against everyone else and against its peers.

It serves the groups of the break-down `ministry`, whatever they are in a survey. What belongs here:
which figures stand together. What does not: words and markup.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestration.report.charts import Axis, Mark, difference_axis, interval, mark, scale_axis
from orchestration.report.marts import Breakdown, Marts, Row, score_of

BREAKDOWN = "ministry"
STANDING_OUT = 12


@dataclass(frozen=True)
class Standing:
    """An item, or a theme's score, of the group: its figures, and where it and its peers are drawn."""

    item: Row
    figures: Row
    mark: Mark | None
    peers: Mark | None
    difference: Mark | None = None


@dataclass(frozen=True)
class Profile:
    """The group in one wave."""

    wave: Row
    response: Row | None
    themes: Sequence[Standing]
    items: Sequence[tuple[Row, Sequence[Standing]]]
    standing_out: Sequence[Standing]
    standing_out_in_all: int


class GroupPage:
    """The figures of one group."""

    def __init__(self, marts: Marts, breakdown: Breakdown, group: Row) -> None:
        self.marts = marts
        self.breakdown = breakdown
        self.group = group
        self.profiles = [
            profile for wave in reversed(marts.waves) if (profile := self._profile(wave))
        ]

    @property
    def absent(self) -> list[Row]:
        """The waves in which the group had no respondents."""
        present = {profile.wave["wave_id"] for profile in self.profiles}
        return [wave for wave in self.marts.waves if wave["wave_id"] not in present]

    def _profile(self, wave: Row) -> Profile | None:
        key = (wave["wave_id"], self.breakdown.breakdown, self.group["group_code"])
        themes, items = [], []
        for theme in self.marts.themes:
            axis = self._theme_axis(theme)
            score = self._standing(key, {**theme, "item_id": score_of(theme["theme_id"])}, axis)
            themes.append(score)
            found = [
                self._standing(key, item, scale_axis([self.marts.scale_of(item["item_id"])]))
                for item in self.marts.items[theme["theme_id"]]
            ]
            items.append((theme, [standing for standing in found if standing]))
        if not any(themes):
            return None
        different = sorted(
            (
                standing
                for _, standings in items
                for standing in standings
                if standing.figures["verdict"] in ("higher", "lower")
            ),
            key=lambda standing: -abs(standing.figures["difference"]),
        )
        shown = different[:STANDING_OUT]
        shared = difference_axis(difference_interval(standing.figures) for standing in shown)
        return Profile(
            wave,
            self.marts.response.get(key),
            [standing for standing in themes if standing],
            items,
            [_with_difference(standing, shared) for standing in shown],
            len(different),
        )

    def _theme_axis(self, theme: Row) -> Axis:
        items = self.marts.items[theme["theme_id"]]
        return scale_axis(self.marts.scale_of(item["item_id"]) for item in items)

    def _standing(self, key: tuple[str, str, str], item: Row, axis: Axis) -> Standing | None:
        figures = self.marts.figures.get((*key, item["item_id"]))
        if figures is None:
            return None
        own = mark(axis, figures["mean"], figures["ci_low"], figures["ci_high"])
        peers = mark(
            axis,
            figures["peer_median"],
            figures["peer_quartile_low"],
            figures["peer_quartile_high"],
        )
        return Standing(item, figures, own, peers)


def difference_interval(figures: Row) -> tuple[float, float] | None:
    """The 95 % interval of the difference from the rest."""
    return interval(
        figures["difference"], figures["difference_error"], figures["degrees_of_freedom"]
    )


def _with_difference(standing: Standing, axis: Axis) -> Standing:
    """The same with its difference from the rest on an axis that others share."""
    ends = difference_interval(standing.figures) or (None, None)
    drawn = mark(axis, standing.figures["difference"], *ends)
    return replace(standing, difference=drawn)
