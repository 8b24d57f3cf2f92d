"""How long the marts take from the cells, beside queries that compute nothing but means.

All ways run in one DuckDB process on a built warehouse and take turns, with the SQL that dbt compiled and the
models in Python: the sums of groups and the driver models from the cells, of every wave, as after a full
refresh; every model between the sums and the marts, as on each build; the weighted mean of every item and
group from the same cells; and that mean from the answers themselves. With a second warehouse, of many times the
respondents, sums and marts are made from it too: the sums of a wave are made once, as its cells are, and marts
read no more than the sums.

What this does not measure: dbt itself, the count of the cells, tests and publishing. A warehouse has to be
built afresh: of a later build dbt compiled the sums of the waves that had changed. NumPy is kept to one
thread, as others of its threads wait by spinning.
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
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import duckdb

from orchestration.settings import Settings
from orchestration.statistics.functions import register

# A model in dbt's manifest.
Model = Mapping[str, Any]

SUMS, MARTS, BOTH = "sums", "marts", "sums and marts"
MEANS_OF_CELLS, MEANS_OF_ANSWERS = "means of cells", "means of answers"

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

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(round(self.wall + other.wall, 3), round(self.cpu + other.cpu, 3))


@dataclass(frozen=True)
class Result:
    """The medians of all rounds for each way, and ratios of CPU seconds: sums and marts to the means."""

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
            for way in (SUMS, MARTS, BOTH):
                first, larger = (result.seconds[way].cpu for result in found)
                print(f"{way} of the larger warehouse: {larger / first:.2f} times the CPU seconds")


def measure(warehouses: list[_Warehouse], rounds: int) -> list[Result]:
    """Every way on the first warehouse, and the sums and marts of a second, in turns.

    The first round, when nothing is in memory, is not counted.
    """
    found: list[dict[str, list[Seconds]]] = [{} for _ in warehouses]
    for number in range(rounds + 1):
        for warehouse, measurements in zip(warehouses, found, strict=True):
            for way, work in warehouse.ways(also_means=warehouse is warehouses[0]).items():
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
        self.sums = list(_in_order(manifest, _is_sum))
        self.models = list(_in_order(manifest, _is_after_the_sums))
        self.schemas = {
            node["name"]: node["schema"]
            for node in manifest["nodes"].values()
            if node["resource_type"] in ("model", "seed")
        }
        self.code = {
            model["name"]: (
                settings.dbt_project / model["original_file_path"]
                if model["language"] == "python"
                else settings.dbt_artifacts / "compiled" / "vakwerk" / model["original_file_path"]
            ).read_text("utf-8")
            for model in (*self.sums, *self.models)
        }
        folder.mkdir()
        # dbt's SQL names the database by its file.
        copy = folder / "warehouse.duckdb"
        shutil.copy(home / "warehouse.duckdb", copy)
        self.connection = duckdb.connect(copy, config={"threads": settings.threads})
        register(self.connection)

    def ways(self, *, also_means: bool) -> dict[str, Callable[[], None]]:
        """What takes turns."""
        ways = {SUMS: self.make_sums, MARTS: self.make_marts}
        means = {MEANS_OF_CELLS: self.average_cells, MEANS_OF_ANSWERS: self.average_answers}
        return ways | means if also_means else ways

    def make_sums(self) -> None:
        """The sums of every wave."""
        with self._undone():
            for model in self.sums:
                table = f"{model['schema']}.{model['name']}"
                rows = self._count(table)
                self._make(model)
                if self._count(table) != rows:
                    raise SystemExit(f"{table}: not of all waves; build this warehouse afresh")

    def make_marts(self) -> None:
        """Every model anew, as a table or a view as dbt makes it; nothing of it is kept."""
        with self._undone():
            for model in self.models:
                self._make(model)

    def by_model(self) -> dict[str, float]:
        """CPU seconds of each model, the dearest first."""
        with self._undone():
            cpu = {
                model["name"]: timed(partial(self._make, model)).cpu
                for model in (*self.sums, *self.models)
            }
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
        both = seconds[SUMS] + seconds[MARTS]
        return Result(
            cells=self._count("intermediate.answer_cells"),
            respondents=self._count("staging.stg_responses"),
            seconds={**seconds, BOTH: both},
            ratios={
                way: round(both.cpu / of_way.cpu, 2)
                for way, of_way in seconds.items()
                if way in (MEANS_OF_CELLS, MEANS_OF_ANSWERS)
            },
        )

    def _make(self, model: Model) -> None:
        kind = "view" if model["config"]["materialized"] == "view" else "table"
        name = f"{model['schema']}.{model['name']}"
        self.connection.execute(f"drop {kind} if exists {name} cascade")
        code = self.code[model["name"]]
        if model["language"] == "python":
            rows = self._made_by_python(code)  # noqa: F841
            code = "from rows"
        self.connection.execute(f"create {kind} {name} as {code}")

    def _made_by_python(self, code: str) -> Any:
        """What a model in Python gives, called as dbt calls it."""
        names: dict[str, Any] = {}
        exec(compile(code, "model", "exec"), names)
        dbt = SimpleNamespace(
            ref=lambda name: self.connection.sql(f"from {self.schemas[name]}.{name}"),
            config=lambda **_: None,
            is_incremental=False,
        )
        return names["model"](dbt, self.connection)

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


def _is_sum(model: Model) -> bool:
    is_kept = model["config"]["materialized"] == "incremental"
    return model["schema"] == "intermediate" and is_kept and "cells" not in model["fqn"]


def _is_after_the_sums(model: Model) -> bool:
    layers = ("intermediate", "marts")
    return model["schema"] in layers and model["config"]["materialized"] in ("table", "view")


def _in_order(manifest: Mapping[str, Any], is_meant: Callable[[Model], bool]) -> Iterator[Model]:
    """The models that are meant: parents first."""
    models = {
        key: node
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and is_meant(node)
    }
    parents = {
        key: [each for each in node["depends_on"]["nodes"] if each in models]
        for key, node in models.items()
    }
    for key in TopologicalSorter(parents).static_order():
        yield models[key]


if __name__ == "__main__":
    main()
