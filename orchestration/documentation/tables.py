"""The published tables as dbt declares them: what each holds, column by column.

What belongs here: reading them out of dbt's manifest. What does not: how a page shows them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from expectations.published import THEME_TABLE_FIGURES, WITH_FIGURES
from orchestration.documentation.lineage import Lineage
from orchestration.publishing.candidate import PUBLICATION, PUBLICATION_COLUMNS

DbtManifest = Mapping[str, Any]
Node = Mapping[str, Any]

MARTS = "marts"
# In the order in which people look for them; a folder of models that is not named here comes last.
FOLDERS = ("themes", "results", "findings", "core")
HIDDEN = "is_suppressed"
PUBLICATION_TABLE = "publication"

FIGURES = {mart.table: frozenset(mart.figures) for mart in WITH_FIGURES}


@dataclass(frozen=True)
class Column:
    """A column of a published table, and what is promised of it.

    `allowed` are the only values that it takes, `refers_to` the column (`table.column`) that has
    each of them, and `origins` the columns (`schema.table.column`) that it is made from.
    """

    name: str
    data_type: str
    description: str
    is_key: bool = False
    is_never_null: bool = False
    is_null_when_hidden: bool = False
    allowed: tuple[str, ...] = ()
    refers_to: str | None = None
    origins: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A published table; `folder` is the folder of its model, `unique_id` its name in dbt, if any."""

    name: str
    folder: str
    grain: str
    about: str
    grain_nl: str
    about_nl: str
    columns: tuple[Column, ...]
    unique_id: str | None = None


@dataclass
class Promises:
    """What dbt's tests say of the columns of one model."""

    keys: set[str] = field(default_factory=set)
    never_null: set[str] = field(default_factory=set)
    allowed: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refers_to: dict[str, str] = field(default_factory=dict)


def published_tables(manifest: DbtManifest, lineage: Lineage) -> tuple[Table, ...]:
    """Every published table, those of one folder together and by name."""
    promises = _promises(manifest)
    tables = [
        _table(node, promises[key], lineage)
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] == MARTS
    ]
    return tuple(sorted([*tables, _publication()], key=_place))


def sentences(text: str) -> tuple[str, str]:
    """The first sentence of a description, which is a table's grain, and the rest."""
    first, _, rest = re.sub(r"\s+", " ", text).strip().partition(". ")
    return (f"{first}." if rest else first), rest


def _place(table: Table) -> tuple[int, str]:
    known = table.folder in FOLDERS
    return (FOLDERS.index(table.folder) if known else len(FOLDERS), table.name)


def _table(node: Node, promises: Promises, lineage: Lineage) -> Table:
    name = node["alias"]
    folder = node["fqn"][2]
    figures = THEME_TABLE_FIGURES if folder == "themes" else FIGURES.get(name, frozenset())
    if HIDDEN not in node["columns"]:
        # Where no row tells of one group, none is hidden.
        figures = frozenset()
    grain, about = sentences(node["description"])
    grain_nl, about_nl = sentences(node["config"]["meta"].get("description_nl", ""))
    return Table(
        name=name,
        folder=folder,
        grain=grain,
        about=about,
        grain_nl=grain_nl,
        about_nl=about_nl,
        columns=tuple(_columns(node, promises, figures, lineage)),
        unique_id=node["unique_id"],
    )


def _columns(
    node: Node, promises: Promises, figures: Collection[str], lineage: Lineage
) -> Iterator[Column]:
    for name, column in node["columns"].items():
        constraints = {constraint["type"] for constraint in column["constraints"]}
        yield Column(
            name=name,
            data_type=column["data_type"],
            description=column["description"],
            is_key=name in promises.keys,
            is_never_null="not_null" in constraints or name in promises.never_null,
            is_null_when_hidden=name in figures,
            allowed=promises.allowed.get(name, ()),
            refers_to=promises.refers_to.get(name),
            origins=lineage.get((node["alias"], name), ()),
        )


def _promises(manifest: DbtManifest) -> Mapping[str, Promises]:
    promises: defaultdict[str, Promises] = defaultdict(Promises)
    for test in manifest["nodes"].values():
        if test["resource_type"] == "test" and test["attached_node"] and test["test_metadata"]:
            of_model = promises[test["attached_node"]]
            given = test["test_metadata"]["kwargs"]
            column = test["column_name"]
            match test["test_metadata"]["name"]:
                case "unique_combination":
                    of_model.keys.update(given["columns"])
                case "unique":
                    of_model.keys.add(column)
                case "not_null":
                    of_model.never_null.add(column)
                case "accepted_values":
                    of_model.allowed[column] = tuple(map(str, given["values"]))
                case "relationships":
                    target = referred(manifest, test)
                    of_model.refers_to[column] = f"{target}.{given['field']}"
    return promises


def referred(manifest: DbtManifest, test: Node) -> str:
    """The table that has every value of the tested column."""
    parents: Sequence[str] = test["depends_on"]["nodes"]
    others = [parent for parent in parents if parent != test["attached_node"]]
    return str(manifest["nodes"][(others or parents)[0]]["alias"])


def _publication() -> Table:
    """The one table that no model makes: it is written with the file."""
    return Table(
        name=PUBLICATION_TABLE,
        folder="core",
        grain=PUBLICATION,
        about="",
        grain_nl="Eén rij: welke build dit bestand is, en van welk onderzoek.",
        about_nl="",
        columns=tuple(
            Column(name, "timestamp with time zone" if name == "published_at" else "varchar", text)
            for name, text in PUBLICATION_COLUMNS.items()
        ),
    )
