"""A built warehouse, copied, and its models run in this process: sums from cells, and marts from sums.

What belongs here: the SQL that dbt compiled and the models in Python, in their order. What does not: what is
measured with them, dbt itself, tests and publishing.

A warehouse has to be built afresh: of a later build dbt compiled the sums of the waves that had changed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from graphlib import TopologicalSorter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from benchmarks.homes import settings_of
from orchestration.statistics.functions import register

# A model in dbt's manifest.
Model = Mapping[str, Any]


class Modelled:
    """A copy of a built warehouse, and its models: what is kept by wave (`sums`), and what follows (`models`)."""

    def __init__(self, home: Path, folder: Path) -> None:
        settings = settings_of(home)
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

    def make_sums(self) -> None:
        """The sums of every wave."""
        with self._undone():
            for model in self.sums:
                table = f"{model['schema']}.{model['name']}"
                rows = self.count(table)
                self._make(model)
                if self.count(table) != rows:
                    raise SystemExit(f"{table}: not of all waves; build this warehouse afresh")

    def make_marts(self) -> None:
        """Every model anew, as a table or a view as dbt makes it; nothing of it is kept."""
        with self._undone():
            for model in self.models:
                self._make(model)

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

    def count(self, table: str) -> int:
        """The rows of a table."""
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
