"""Data Docs: what each suite found last, as pages for people, with nothing loaded from elsewhere.

What belongs here: one page a suite (for deliveries: a suite and wave), replaced by each run, its
figures as JSON beside it, and an index. GX's own pages ask six hosts for their styles and scripts;
these are made from the same results. They show places of respondents in a file, and values of
staged data: only their owner may read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from expectations.declarations import Layer
from expectations.results import CheckResult
from orchestration.deliveries.private import owner_only, private_folder
from orchestration.pages import render

TEMPLATES = Path(__file__).parent / "templates"

TITLES: Mapping[Layer, str] = {
    "delivery": "Delivery",
    "staging": "Staging",
    "marts": "Marts",
}


def write_page(
    folder: Path, layer: Layer, waves: Sequence[str], results: Iterable[CheckResult]
) -> Path:
    """Writes the page of a suite and the index anew, and gives the page's path.

    The folder is made where it is missing.
    """
    place = page_of(folder, layer, waves)
    name = place.stem
    page = {
        "name": name,
        "title": TITLES[layer],
        "layer": layer,
        "waves": list(waves),
        "run_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "results": [asdict(result) | {"status": result.status} for result in results],
    }
    private_folder(folder)
    _write(folder / f"{name}.json", json.dumps(page, indent=1, ensure_ascii=False))

    _write(place, render(TEMPLATES, "suite.html", page=page))
    pages = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    pages.sort(key=lambda each: (list(TITLES).index(each["layer"]), each["name"]))
    _write(folder / "index.html", render(TEMPLATES, "index.html", pages=pages))
    return place


def page_of(folder: Path, layer: Layer, waves: Sequence[str]) -> Path:
    """Where the page of a suite is, or will be; for a delivery: of the suite and wave."""
    return folder / (f"delivery_{'_'.join(waves)}.html" if layer == "delivery" else f"{layer}.html")


def _write(path: Path, text: str) -> None:
    """A reader of the old file keeps it whole: the new one takes its place in one step."""
    written = path.with_suffix(f"{path.suffix}.part")
    with owner_only():
        written.write_text(text, encoding="utf-8")
    written.replace(path)
