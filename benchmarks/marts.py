"""How long the marts take from the cells, beside queries that compute nothing but means.

All ways run in one DuckDB process on a built warehouse and take turns: every model between the cells and
the marts, by the SQL that dbt compiled; the weighted mean of every item and group from the same cells; and
that mean from the answers themselves. With a second warehouse, of many times the respondents, the marts are
made from it too: no person is read for them, so their cost goes by the cells.

What this does not measure: dbt itself, the count of the cells, tests and publishing. Models in Python are
left as they were built.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from orchestration.settings import Settings
from orchestration.statistics.functions import register

MARTS, MEANS_OF_CELLS, MEANS_OF_ANSWERS = "marts", "means of cells", "means of answers"

# What is left out where only means are computed: errors, tests, shares, distributions, suppression.
OF_CELLS = """
    create or replace temp table means as
    with weighted as (
        select cells.*,
            coalesce(cells.respondents * groups.population_weight, cells.weight_sum / groups.weight_scale) as weight,
            groups.breakdown, groups.group_code
        from intermediate.answer_cells as cells
        join intermediate.int_profile_groups as groups using (wave_id, profile_id)
        where cells.answer > 0
    )
    select wave_id, item_id, breakdown, group_code, sum(weight * answer) / sum(weight) as mean
    from weighted
    group by all
"""

OF_ANSWERS = """
    create or replace temp table means as
    select answers.wave_id, item_id, {breakdown} as breakdown, {group} as group_code,
        sum(weight * score) / sum(weight) as mean
    from staging.stg_answers as answers
    join staging.stg_respondents using (wave_id, respondent_key)
    where score is not null and group_code is not null
    group by all
"""


@dataclass(frozen=True)
class Seconds:
    """Of one round: on the clock, and of all cores together."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Result:
    """The medians of all rounds for each way, and ratios of CPU seconds: marts to the other ways."""

    cells: int
    respondents: int
    seconds: Mapping[str, Seconds]
    ratios: Mapping[str, float]


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="the folder of a built warehouse")
    parser.add_argument("--larger", type=Path, help="one of the same waves with more respondents")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--models", action="store_true", help="say what each model costs")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="vakwerk_benchmark_") as folder:
        places = [given.home, given.larger] if given.larger else [given.home]
        warehouses = [_Warehouse(home, Path(folder) / str(n)) for n, home in enumerate(places)]
        found = measure(warehouses, given.rounds)
        for warehouse, result in zip(warehouses, found, strict=True):
            print(json.dumps(asdict(result), indent=2))
            if given.models:
                print(json.dumps(warehouse.by_model(), indent=2))
        if given.larger:
            of_marts = [result.seconds[MARTS].cpu for result in found]
            print(f"the larger warehouse: {of_marts[1] / of_marts[0]:.2f} times the CPU seconds")


def measure(warehouses: list[_Warehouse], rounds: int) -> list[Result]:
    """Every way on the first warehouse and the marts of a second, in turns.

    The first round, when nothing is in memory, is not counted.
    """
    found: list[dict[str, list[Seconds]]] = [{} for _ in warehouses]
    for number in range(rounds + 1):
        for warehouse, measurements in zip(warehouses, found, strict=True):
            ways = warehouse.ways() if warehouse is warehouses[0] else {MARTS: warehouse.make_marts}
            for way, work in ways.items():
                seconds = timed(work)
                if number:
                    measurements.setdefault(way, []).append(seconds)
                    print(
                        f"round {number}: {way} {seconds.wall:.2f} s, CPU {seconds.cpu:.2f} s",
                        flush=True,
                    )
    return [
        warehouse.result({way: _median(of_way) for way, of_way in measurements.items()})
        for warehouse, measurements in zip(warehouses, found, strict=True)
    ]


def timed(work: Callable[[], None]) -> Seconds:
    """How long something takes in this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Seconds(time.perf_counter() - wall, time.process_time() - cpu)


def _median(measurements: list[Seconds]) -> Seconds:
    return Seconds(
        round(median(each.wall for each in measurements), 3),
        round(median(each.cpu for each in measurements), 3),
    )


class _Warehouse:
    """A copy of a built warehouse, its models, and the ways to compute from it."""

    def __init__(self, home: Path, folder: Path) -> None:
        settings = Settings.from_environment(os.environ | {"VAKWERK_HOME": str(home)})
        manifest = json.loads((settings.dbt_artifacts / "manifest.json").read_text("utf-8"))
        self.models = list(_models_after_the_cells(manifest))
        self.code = {
            model["name"]: (
                settings.dbt_artifacts / "compiled" / "vakwerk" / model["original_file_path"]
            ).read_text("utf-8")
            for model in self.models
        }
        folder.mkdir()
        # dbt's SQL names the database by its file.
        copy = folder / "warehouse.duckdb"
        shutil.copy(home / "warehouse.duckdb", copy)
        self.connection = duckdb.connect(copy, config={"threads": settings.threads})
        register(self.connection)

    def ways(self) -> dict[str, Callable[[], None]]:
        """What takes turns."""
        return {
            MARTS: self.make_marts,
            MEANS_OF_CELLS: self.average_cells,
            MEANS_OF_ANSWERS: self.average_answers,
        }

    def make_marts(self) -> None:
        """Every model anew, as a table or a view as dbt makes it; nothing of it is kept."""
        with self._undone():
            for model in self.models:
                self._make(model)

    def by_model(self) -> dict[str, float]:
        """CPU seconds of each model, the dearest first."""
        with self._undone():
            cpu = {model["name"]: timed(partial(self._make, model)).cpu for model in self.models}
        return dict(sorted(cpu.items(), key=lambda each: -each[1]))

    def average_cells(self) -> None:
        """Only the means, from the same cells."""
        self.connection.execute(OF_CELLS)

    def average_answers(self) -> None:
        """Only the means, from the answers: a query for each break-down."""
        for breakdown, *attributes in self.connection.execute(
            "select breakdown, attribute_1, attribute_2 from codebook.breakdowns"
        ).fetchall():
            codes = [f'"{attribute}"' for attribute in attributes if attribute]
            group = " || '|' || ".join(codes) or "'all'"
            self.connection.execute(OF_ANSWERS.format(breakdown=f"'{breakdown}'", group=group))

    def result(self, seconds: dict[str, Seconds]) -> Result:
        """What was measured, and on how much."""
        marts = seconds[MARTS].cpu
        return Result(
            cells=self._count("intermediate.answer_cells"),
            respondents=self._count("staging.stg_responses"),
            seconds=seconds,
            ratios={
                way: round(marts / of_way.cpu, 2) for way, of_way in seconds.items() if way != MARTS
            },
        )

    def _make(self, model: Mapping[str, Any]) -> None:
        kind = "view" if model["config"]["materialized"] == "view" else "table"
        name = f"{model['schema']}.{model['name']}"
        self.connection.execute(f"drop {kind} if exists {name} cascade")
        self.connection.execute(f"create {kind} {name} as {self.code[model['name']]}")

    def _count(self, table: str) -> int:
        (rows,) = self.connection.table(table).count("*").fetchone() or (0,)
        return int(rows)

    @contextmanager
    def _undone(self) -> Iterator[None]:
        self.connection.begin()
        try:
            yield
        finally:
            self.connection.rollback()


def _models_after_the_cells(manifest: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The models between the cells and the marts, and the marts: parents first."""
    models = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model"
        and node["language"] == "sql"
        and node["schema"] in ("intermediate", "marts")
        and node["config"]["materialized"] in ("table", "view")
    }
    parents = {
        key: [each for each in node["depends_on"]["nodes"] if each in models]
        for key, node in models.items()
    }
    for key in TopologicalSorter(parents).static_order():
        yield models[key]


if __name__ == "__main__":
    main()
