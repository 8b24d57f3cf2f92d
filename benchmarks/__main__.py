"""`python -m benchmarks [PART ...]`: measure, keep what was found, and make the page of all that is kept.

What belongs here: the order, and the files of results. What does not: measuring, which each part does, and the
page (`page.py`).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import machine
from benchmarks.page import write_page
from benchmarks.parts import PARTS, Part

RESULTS = Path(__file__).with_name("results")
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the parts that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all, if none is named")
    parser.add_argument("--trial", action="store_true", help="everything tiny, to see that it runs")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the folder of results")
    parser.add_argument("--page", type=Path, default=PAGE)
    given = parser.parse_args(arguments)
    given.results.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="vakwerk_benchmark_") as folder:
        for name in given.parts or PARTS:
            print(f"{name}:", flush=True)
            place = Path(folder) / name
            place.mkdir()
            measure: Callable[..., Part] = import_module(f"benchmarks.{name}").measure
            _keep(given.results / f"{name}.json", measure(place, is_trial=given.trial))
    write_page(given.results, given.page)


def _keep(file: Path, part: Part) -> None:
    found = {"measured_on": date.today().isoformat(), "machine": machine(), **asdict(part)}
    file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
