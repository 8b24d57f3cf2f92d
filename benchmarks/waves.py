"""What the n-th wave costs: a survey of twenty waves, each simulated, delivered and published after the one before.

What belongs here: that survey, the runs and their shares. What does not: one wave's speed by respondents
(`heavy_pass.py`, `marts.py`).

The survey is the study's with its last wave repeated. A run is `vakwerk run FILE`, with all checks, marts, the report
and the publication, which are of every wave; *the wave itself* is what dbt did for the new wave alone: staging its
answers, counting its cells and adding up its sums; loading it, some seconds for any wave of its size, is not in it.
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

from benchmarks.homes import PROGRAM, environment_of, settings_of, simulated
from benchmarks.measuring import timed_command
from benchmarks.parts import Part, Row
from orchestration.settings import PROJECT, Settings

FIRST, STEP = 2022, 2
LAST = "2026"
RUN, OWN, REBUILD, BYTES = "the whole run", "the wave itself", "rebuild", "size"


def measure(folder: Path, *, is_trial: bool) -> Part:
    """Readings of every run, of the rebuild, and the sizes of the files."""
    number = 4 if is_trial else 20
    waves = [str(FIRST + STEP * n) for n in range(number)]
    survey = survey_of(folder / "survey", waves)
    home = folder / "home"
    environment, settings = environment_of(home, survey), settings_of(home, survey)
    readings, sizes = [], []
    for n, wave in enumerate(waves, start=1):
        file = simulated(folder, wave, 400 if is_trial else 3_700, "csv", environment)
        whole = timed_command([PROGRAM, "run", file], environment)
        print(f"wave {n}: {whole.wall:.1f} s, CPU {whole.cpu:.1f} s", flush=True)
        readings += [Row.of(RUN, RUN, n, whole), Row(OWN, OWN, n, own_seconds(settings))]
        sizes.append(sizes_of(settings))
    rebuild = timed_command([PROGRAM, "rebuild"], environment)
    readings.append(Row.of(REBUILD, REBUILD, number, rebuild))
    own = [row.wall for row in readings if row.series == OWN]
    run = [row.cpu or 0 for row in readings if row.series == RUN]
    figures = {
        # The first waves against the last: medians of three, from the second on.
        "own_growth": _middle(own[-3:]) / _middle(own[1:4]),
        "run_growth": _middle(run[-3:]) / _middle(run[1:4]),
        "rebuild_seconds": rebuild.wall,
        **{f"{name}_megabytes_a_wave": size / number for name, size in sizes[-1].items()},
        **{f"{name}_megabytes_at_2": size for name, size in sizes[1].items()},
    }
    return Part(readings, figures)


def survey_of(folder: Path, waves: list[str]) -> Path:
    """The study's survey, with the rows of its last wave again for each wave that it does not have."""
    shutil.copytree(PROJECT / "seeds", folder, ignore=shutil.ignore_patterns("waves"))
    for path in (folder / "codebook").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
            columns = list(rows[0]) if rows else []
        if "wave_id" not in columns:
            continue
        last = [row for row in rows if row["wave_id"] == LAST]
        for wave in waves:
            if int(wave) > int(LAST):
                rows += [_again(row, wave) for row in last]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _again(row: dict[str, str], wave: str) -> dict[str, str]:
    """A row of the last wave as one of another: with its year, and after the wave before it."""
    again = row | {"wave_id": wave}
    if "previous_wave_id" in row:
        again = {column: value.replace(LAST, wave) for column, value in again.items()}
        again["previous_wave_id"] = str(int(wave) - STEP)
    return again


def own_seconds(settings: Settings) -> float:
    """What the last build took on the clock for the models that are kept by wave."""
    folder = settings.dbt_artifacts
    nodes = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    results = json.loads((folder / "run_results.json").read_text(encoding="utf-8"))["results"]
    seconds: float = sum(
        result["execution_time"]
        for result in results
        if (node := nodes.get(result["unique_id"])) is not None
        and node["config"]["materialized"] == "incremental"
    )
    return seconds


def sizes_of(settings: Settings) -> dict[str, float]:
    """Megabytes of the warehouse and of what is published."""
    published = settings.published / "current"
    files = [path for path in published.resolve().rglob("*") if path.is_file()]
    return {
        "warehouse": settings.warehouse.stat().st_size / 1e6,
        "published": sum(path.stat().st_size for path in files) / 1e6,
    }


def _middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
