"""The pages of the benchmarks: goals, tables and plots, and the plan for more, from the results that are kept.

What belongs here: reading results and goals, and the templates' data. What does not: measuring; and what the pages
say, which `performance.md.jinja` and `scale.md.jinja` have.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from benchmarks.plots import PLOTS

HERE = Path(__file__).parent
Results = Mapping[str, Any]


@dataclass(frozen=True)
class Goal:
    """A goal with its figure: reached or not; one that is missed says why, and what is next."""

    part: str
    goal: str
    figure: float
    unit: str
    limit: float
    is_at_least: bool
    reason: str
    next_step: str

    @property
    def is_reached(self) -> bool:
        """Whether the figure is within its limit."""
        return self.figure >= self.limit if self.is_at_least else self.figure <= self.limit

    @property
    def wanted(self) -> str:
        """The limit in words."""
        return f"at {'least' if self.is_at_least else 'most'} {number(self.limit)} {self.unit}"


def write_page(folder: Path, page: Path) -> None:
    """Write the page, the plan that reckons on from it, and the plots in a folder beside it.

    Raises SystemExit where a goal is missed without a reason.
    """
    results = {
        path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")
    }
    goals = list(goals_of(results))
    unexplained = [goal.goal for goal in goals if not goal.is_reached and not goal.reason]
    plots = page.with_suffix("")
    plots.mkdir(parents=True, exist_ok=True)
    for name, plot in PLOTS.items():
        if plot.part in results:
            svg = plots / f"{name}.svg"
            plot.chart(results[plot.part]["readings"]).save(svg)
            svg.write_text(svg.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(HERE),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["number"] = number
    template = environment.get_template("performance.md.jinja")
    with (HERE / "before_and_after.csv").open(encoding="utf-8", newline="") as file:
        mended = list(csv.DictReader(file))
    page.write_text(template.render(results=results, goals=goals, mended=mended), encoding="utf-8")
    if "scale" in results:
        plan = environment.get_template("scale.md.jinja").render(results=results)
        page.with_name("scale.md").write_text(plan, encoding="utf-8")
    if unexplained:
        raise SystemExit(f"Missed without a reason in goals.csv: {'; '.join(unexplained)}.")


def goals_of(results: Results) -> Iterator[Goal]:
    """The goals of the parts that were measured, with their figures."""
    with (HERE / "goals.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["part"] in results:
                yield Goal(
                    part=row["part"],
                    goal=row["goal"],
                    figure=results[row["part"]]["figures"][row["figure"]],
                    unit=row["unit"],
                    limit=float(row["limit"]),
                    is_at_least=row["is_at_least"] == "true",
                    reason=row["reason"],
                    next_step=row["next_step"],
                )


def number(value: float) -> str:
    """A figure as people read it: three digits, and thousands apart."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value >= 0.001 or value == 0 else f"{value:.1e}"
