"""What the dbt project promises the people who work in it: layers, grains, contracts, words.

What belongs here: rules that every model, seed and source keeps, held against the parsed manifest.
What does not: what a model computes, which dbt's unit tests and the acceptance tests say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from orchestration.codebook import Codebook
from orchestration.fingerprints import UNSEEN_BY_DBT
from orchestration.macro_callers import callers
from orchestration.settings import PROJECT
from tests.conftest import Manifest

Node = Mapping[str, Any]

LONGEST_MODEL = 80
THEME_BREAKDOWNS = ("role", "domain", "ministry")

# Views for people: a model that read them would pass over every answer, stored long.
FOR_PEOPLE = {"stg_answers", "stg_respondents"}
ROWS_OF_RESPONDENTS = {"stg_responses", "stg_backgrounds"}

# A view that only puts three tables into one shape; several rows may have the same value.
WITHOUT_KEY = {"int_cell_values"}


class Project:
    """The dbt project, as its manifest tells it."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        self.models = self._of_type("model")
        self.seeds = self._of_type("seed")
        self.tests = self._of_type("test")

    def _of_type(self, resource_type: str) -> dict[str, Node]:
        return {
            key: node
            for key, node in self.manifest["nodes"].items()
            if node["resource_type"] == resource_type
        }

    def of_layer(self, *layer: str) -> dict[str, Node]:
        """The models below a folder of `models/`."""
        return {key: node for key, node in self.models.items() if _is_in(node, layer)}

    def kind(self, key: str) -> str:
        """Where a node belongs: its layer, `codebook` for a seed, `source`."""
        if key in self.models:
            return str(self.models[key]["fqn"][1])
        return "codebook" if key in self.seeds else key.partition(".")[0]

    @cached_property
    def readers_of_raw_waves(self) -> set[str]:
        """The models whose SQL names a raw table, be it through a source or through macros."""
        return {
            key
            for key, node in self.models.items()
            if "macro.vakwerk.raw_wave" in self._macros(node["depends_on"]["macros"])
            or any(parent in self.manifest["sources"] for parent in node["depends_on"]["nodes"])
        }

    @cached_property
    def about_respondents(self) -> set[str]:
        """The models of staging that are made, however indirectly, from respondents' rows."""
        return {
            key
            for key in self.of_layer("staging")
            if {_name(ancestor) for ancestor in self._with_ancestors(key)} & ROWS_OF_RESPONDENTS
        }

    def _macros(self, keys: Iterable[str]) -> set[str]:
        found: set[str] = set()
        waiting = list(keys)
        while waiting:
            if (key := waiting.pop()) not in found:
                found.add(key)
                waiting += self.manifest["macros"][key]["depends_on"]["macros"]
        return found

    def _with_ancestors(self, key: str) -> set[str]:
        found: set[str] = set()
        waiting = [key]
        while waiting:
            if (key := waiting.pop()) in self.models and key not in found:
                found.add(key)
                waiting += self.models[key]["depends_on"]["nodes"]
        return found


@pytest.fixture(scope="module")
def project(manifest: Manifest) -> Project:
    return Project(manifest)


def _name(key: str) -> str:
    return key.rpartition(".")[2]


def _is_in(node: Node, layer: tuple[str, ...]) -> bool:
    return tuple(node["fqn"][1 : 1 + len(layer)]) == layer


def _reads(project: Project, models: Iterable[str], *, forbidden: Iterable[str]) -> list[str]:
    """`model reads parent`, for each parent whose kind is among the forbidden ones."""
    return [
        f"{_name(key)} reads {_name(parent)}"
        for key in models
        for parent in project.models[key]["depends_on"]["nodes"]
        if project.kind(parent) in forbidden
    ]


# Layers


def test_every_model_belongs_to_a_layer(project: Project) -> None:
    layers = {project.kind(key) for key in project.models}

    assert layers == {"staging", "intermediate", "marts"}


def test_every_layer_is_the_schema_of_its_models(project: Project) -> None:
    assert {(project.kind(key), node["schema"]) for key, node in project.models.items()} == {
        ("staging", "staging"),
        ("intermediate", "intermediate"),
        ("marts", "marts"),
    }
    assert {node["schema"] for node in project.seeds.values()} == {"codebook"}


def test_staging_reads_only_raw_waves_the_codebook_and_staging(project: Project) -> None:
    forbidden = {"intermediate", "marts"}

    assert _reads(project, project.of_layer("staging"), forbidden=forbidden) == []


def test_only_staging_reads_raw_waves(project: Project) -> None:
    assert project.readers_of_raw_waves
    assert project.readers_of_raw_waves <= set(project.of_layer("staging"))


def test_intermediate_reads_only_staging_the_codebook_and_intermediate(project: Project) -> None:
    forbidden = {"source", "marts"}

    assert _reads(project, project.of_layer("intermediate"), forbidden=forbidden) == []


def test_marts_read_only_intermediate_the_codebook_and_marts(project: Project) -> None:
    """Staging that tells which waves are loaded, and what the codebook says of them, is codebook."""
    marts = project.of_layer("marts")

    assert _reads(project, marts, forbidden={"source"}) == []
    assert [
        f"{_name(key)} reads {_name(parent)}"
        for key, node in marts.items()
        for parent in node["depends_on"]["nodes"]
        if parent in project.about_respondents
    ] == []


def test_theme_tables_read_only_marts(project: Project) -> None:
    forbidden = {"source", "codebook", "staging", "intermediate"}

    assert _reads(project, project.of_layer("marts", "themes"), forbidden=forbidden) == []


def test_only_the_cells_pass_over_the_answers_of_respondents(project: Project) -> None:
    """Whatever comes after them costs the same for four thousand respondents and four million."""
    readers = {
        _name(key)
        for key, node in project.models.items()
        if project.kind(key) != "staging"
        and {_name(parent) for parent in node["depends_on"]["nodes"]} & ROWS_OF_RESPONDENTS
    }

    assert readers == {_name(key) for key in project.of_layer("intermediate", "cells")}


def test_nothing_reads_the_views_that_are_for_people(project: Project) -> None:
    assert {_name(key) for key in project.models} >= FOR_PEOPLE
    assert [
        _name(key)
        for key, node in project.models.items()
        if {_name(parent) for parent in node["depends_on"]["nodes"]} & FOR_PEOPLE
    ] == []


def test_metrics_stand_on_marts_alone(project: Project) -> None:
    """What they are asked of is what is published, after disclosure control."""
    models = project.manifest["semantic_models"].values()
    read = {parent for model in models for parent in model["depends_on"]["nodes"]}

    assert read
    assert read <= set(project.of_layer("marts"))


def test_a_metric_is_the_figure_of_one_row_or_nothing(project: Project) -> None:
    """Break-downs overlap and means do not add up: docs/metrics.md."""
    metrics = [m for m in project.manifest["metrics"].values() if m["type"] == "derived"]

    assert metrics
    for metric in metrics:
        rows, largest = (each["name"] for each in metric["type_params"]["metrics"])
        assert largest == f"largest_{metric['name']}"
        assert re.fullmatch(r"(item|theme|response)_rows", rows)
        assert metric["type_params"]["expr"] == f"case when {rows} = 1 then {largest} end"


# Names


def test_models_are_named_for_their_layer_and_marts_plainly(project: Project) -> None:
    plain = r"(?!stg_|int_|fct_|mart_)[a-z][a-z0-9_]*[a-z0-9]"
    patterns = {
        "staging": r"stg_[a-z0-9_]+",
        "intermediate": r"int_[a-z0-9_]+|[a-z]+_cells",
        "marts": plain,
    }

    assert [
        _name(key)
        for key in project.models
        if not re.fullmatch(patterns[project.kind(key)], _name(key))
    ] == []


def test_every_theme_has_a_table_by_role_domain_and_ministry(project: Project) -> None:
    themes = [row["theme_name"] for row in Codebook(PROJECT / "seeds" / "codebook").table("themes")]
    expected = {f"{theme}_by_{breakdown}" for theme, breakdown in product(themes, THEME_BREAKDOWNS)}

    assert len(expected) == 21
    assert {_name(key) for key in project.of_layer("marts", "themes")} == expected


# Words and grains


def test_every_model_says_its_grain_first(project: Project) -> None:
    assert [
        _name(key)
        for key, node in project.models.items()
        if not node["description"].startswith("One row per ")
    ] == []


def test_every_seed_and_source_says_its_grain_first(project: Project) -> None:
    tables = [*project.seeds.values(), *project.manifest["sources"].values()]

    assert [
        table["name"]
        for table in tables
        if not re.match(r"One row(: | per )", table["description"])
    ] == []


def test_every_model_is_tested_to_be_unique_by_its_grain(project: Project) -> None:
    untested = set(project.models)
    unknown = []
    for test in project.tests.values():
        if (test["test_metadata"] or {}).get("name") == "unique_combination":
            model = test["attached_node"]
            untested.discard(model)
            known = project.manifest["nodes"][model]["columns"]
            columns = test["test_metadata"]["kwargs"]["columns"]
            assert columns, f"{test['name']} names no column"
            unknown += [f"{_name(model)}.{column}" for column in columns if column not in known]

    assert {_name(key) for key in untested} == WITHOUT_KEY
    assert unknown == []


def test_every_column_is_described(project: Project) -> None:
    tables = [
        *project.models.values(),
        *project.seeds.values(),
        *project.manifest["sources"].values(),
    ]

    assert [table["name"] for table in tables if not table["columns"]] == []
    assert [
        f"{table['name']}.{column['name']}"
        for table in tables
        for column in table["columns"].values()
        if not column["description"].strip()
    ] == []


def test_every_seed_describes_and_types_the_columns_that_its_file_has(project: Project) -> None:
    for seed in project.seeds.values():
        file = PROJECT / "dbt_project" / seed["original_file_path"]
        header = file.read_text(encoding="utf-8").splitlines()[0].split(",")
        assert list(seed["columns"]) == header, seed["name"]
        assert list(seed["config"]["column_types"]) == header, seed["name"]


def test_every_mart_has_an_enforced_contract_with_a_type_for_each_column(project: Project) -> None:
    marts = project.of_layer("marts").values()

    assert [mart["name"] for mart in marts if not mart["config"]["contract"]["enforced"]] == []
    assert [
        f"{mart['name']}.{column['name']}"
        for mart in marts
        for column in mart["columns"].values()
        if not column["data_type"]
    ] == []


def test_every_description_stands_beside_its_model(project: Project) -> None:
    """In a file of its own name, or in `_<folder>.yml` for a folder of models that are alike."""
    for model in project.models.values():
        path = Path(model["original_file_path"])
        described = Path(model["patch_path"].partition("://")[2])
        assert described in {
            path.with_suffix(".yml"),
            path.with_name(f"_{path.parent.name}.yml"),
        }, model["name"]


# SQL


def test_models_are_short(project: Project) -> None:
    assert {
        model["name"]: lines
        for model in project.models.values()
        if (lines := len(model["raw_code"].splitlines())) > LONGEST_MODEL
    } == {}


def test_sql_is_written_in_lower_case() -> None:
    """Comments and texts apart: keywords, functions and names."""
    apart = re.compile(r"\{#.*?#\}|--[^\n]*|'[^'\n]*'|\"[^\"\n]*\"", re.DOTALL)
    word_with_capital = re.compile(r"(?<![.\w])\w*[A-Z]\w*")
    files = [
        path
        for folder in ("models", "macros", "tests")
        for path in (PROJECT / "dbt_project" / folder).rglob("*.sql")
    ]

    assert files
    assert {
        path.name: words
        for path in files
        if (words := word_with_capital.findall(apart.sub("", path.read_text(encoding="utf-8"))))
    } == {}


def test_every_macro_is_known_to_be_called_or_is_part_of_the_foundation(
    project: Project,
) -> None:
    """A macro that no model is known to call decides unseen: where it changes, all has to be built."""
    unseen = {
        Path(macro["original_file_path"]).as_posix()
        for key, macro in project.manifest["macros"].items()
        if macro["package_name"] == "vakwerk"
        and not macro["name"].startswith("test_")
        and not callers(project.manifest, {key})
        and not any(key in node["depends_on"].get("macros", ()) for node in project.models.values())
    }
    assert unseen == {file for file in UNSEEN_BY_DBT if file.startswith("macros/")}
