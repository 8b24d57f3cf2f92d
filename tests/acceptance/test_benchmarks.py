"""The benchmarks run, count what the project counts, and their pages say what was measured; no clock is judged here."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.heavy_pass import measure
from benchmarks.measuring import timed_command
from benchmarks.page import goals_of, write_page
from benchmarks.parts import PARTS
from orchestration.settings import PROJECT

RESULTS = PROJECT / "benchmarks" / "results"


@pytest.mark.slow
def test_every_way_of_the_heavy_pass_gives_the_cells_of_the_model(tmp_path: Path) -> None:
    part = measure(tmp_path, is_trial=True)
    ways = {row.way for row in part.readings}
    assert ways >= {
        *("vakwerk", "scan", "DuckDB, long table", "Polars, column by column", "Polars, unpivot"),
        *("pandas, column by column", "pandas, key by hand", "pandas, melt", "NumPy, key by hand"),
    }


def test_the_memory_of_a_command_is_not_that_of_the_benchmarks_before_it() -> None:
    held = b"1" * 400_000_000
    del held
    alone = timed_command([sys.executable, "-c", ""])
    holding = timed_command([sys.executable, "-c", "held = b'1' * 200_000_000"])
    assert alone.megabytes is not None
    assert holding.megabytes is not None
    assert alone.megabytes < 200 < holding.megabytes < 400


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the pages, made anew of the kept results."""
    folder = tmp_path_factory.mktemp("pages")
    write_page(RESULTS, folder / "performance.md")
    return folder


def test_the_pages_are_those_of_the_kept_results(pages: Path) -> None:
    made = sorted(pages.glob("*.md"))
    assert made
    for page in made:
        assert page.read_text("utf-8") == (PROJECT / "docs" / page.name).read_text("utf-8")


def test_every_plot_can_be_drawn_and_is_shown(pages: Path) -> None:
    plots = sorted((pages / "performance").glob("*.svg"))
    shown = (PROJECT / "docs" / "performance.md").read_text(encoding="utf-8")
    assert plots
    for plot in plots:
        assert ElementTree.parse(plot).getroot().tag.endswith("svg")
        assert f"performance/{plot.name}" in shown
        assert (PROJECT / "docs" / "performance" / plot.name).is_file()


def test_every_goal_has_a_part_that_gives_its_figure_and_a_missed_one_its_reason() -> None:
    results = {path.stem: json.loads(path.read_text("utf-8")) for path in RESULTS.glob("*.json")}
    assert set() < set(results) <= set(PARTS)
    goals = list(goals_of(results))
    assert goals
    unexplained = [
        goal.goal for goal in goals if not goal.is_reached and not (goal.reason and goal.next_step)
    ]
    assert unexplained == []
