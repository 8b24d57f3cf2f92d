"""The plots of the page, as Altair charts of readings.

What belongs here: what each plot shows. What does not: where it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

Readings = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Plot:
    """A chart of one part's readings."""

    part: str
    chart: Callable[[Readings], Any]


def by_respondents(readings: Readings) -> Any:
    """The heavy pass by respondents, both axes logarithmic."""
    shown = [
        {**row, "way": f"{row['way']} ({row['series']})" if row["way"] == "vakwerk" else row["way"]}
        for row in readings
        if row["series"] == "main groups, with weights"
        or (row["way"] == "vakwerk" and row["series"] == "all break-downs")
    ]
    counts: dict[str, int] = {}
    for row in shown:
        counts[row["way"]] = counts.get(row["way"], 0) + 1
    lines = [row for row in shown if counts[row["way"]] > 1]
    return _lines(lines).encode(
        x=alt.X("x:Q", title="respondents", scale=_LOGARITHMIC, axis=_THOUSANDS),
        y=alt.Y("wall:Q", title="seconds", scale=_LOGARITHMIC),
    )


def peers(readings: Readings) -> Any:
    """All ways beside one another, where all were measured."""
    at = max(row["x"] for row in readings if row["way"] == "pandas, melt")
    shown = [row for row in readings if row["x"] == at and row["series"].startswith("main groups")]
    return _plain(
        alt.Chart(alt.InlineData(values=shown), width=420)
        .mark_bar()
        .encode(
            x=alt.X("wall:Q", title="seconds"),
            y=alt.Y("way:N", sort="x", title=None, axis=alt.Axis(labelLimit=240)),
            color=alt.Color("series:N", legend=None, scale=_COLOURS),
            row=alt.Row("series:N", title=None, header=alt.Header(labelAnchor="start")),
        )
        .resolve_scale(y="independent")
    )


def marts_by_respondents(readings: Readings) -> Any:
    """Sums and marts by respondents."""
    ways = {"sums from cells", "marts from sums"}
    shown = [row for row in readings if row["way"] in ways]
    return _lines(shown).encode(
        x=alt.X("x:Q", title="respondents", scale=_LOGARITHMIC, axis=_THOUSANDS),
        y=alt.Y("cpu:Q", title="seconds of CPU"),
    )


def nth_wave(readings: Readings) -> Any:
    """The run of the n-th wave, and what was done for that wave alone."""
    shown = [row for row in readings if row["series"] != "rebuild"]
    return _lines(shown).encode(
        x=alt.X("x:Q", title="the n-th wave"), y=alt.Y("wall:Q", title="seconds")
    )


PLOTS: Mapping[str, Plot] = {
    "heavy_pass_by_respondents": Plot("heavy_pass", by_respondents),
    "heavy_pass_peers": Plot("heavy_pass", peers),
    "marts_by_respondents": Plot("marts", marts_by_respondents),
    "nth_wave": Plot("waves", nth_wave),
}

_LOGARITHMIC = alt.Scale(type="log")
_LEGEND = alt.Legend(labelLimit=260)
_THOUSANDS = alt.Axis(format="~s", tickCount=4)
# Told apart by people who see colours otherwise, too (Okabe and Ito).
_COLOURS = alt.Scale(
    range=["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999"]
)


def _lines(rows: Readings) -> Any:
    chart = alt.Chart(alt.InlineData(values=list(rows)), width=520, height=320)
    return _plain(
        chart.mark_line(point=True).encode(
            color=alt.Color("way:N", title=None, scale=_COLOURS, legend=_LEGEND),
        )
    )


def _plain(chart: Any) -> Any:
    return chart.configure(background="white", font="sans-serif").configure_view(stroke=None)
