"""The bundle that Superset imports: database, datasets, charts and the dashboard, as one zip file.

What belongs here: putting the reviewed YAML of `assets/` together with what the published file says
of its tables, so that types and descriptions are always those of the contract, in any survey. What
does not: how Superset is set and started (`superset_config.py`, `start.py`). Runs in Superset's
environment as in ours: it needs duckdb and PyYAML only.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import duckdb
import yaml

ASSETS = Path(__file__).resolve().parent / "assets"
# What is made here keeps its identity from one import to the next.
FAMILY = UUID("5a1d4f0e-2c1b-5f0a-9d5e-6c1f4f7b8a00")
# A file that cannot be written, and a process that reads no other file and fetches no extension.
READ_ONLY = "access_mode=READ_ONLY&enable_external_access=false&autoinstall_known_extensions=false"

Document = dict[str, Any]


class BundleError(Exception):
    """The bundle cannot be made; the message says of which file, and what to do."""


@dataclass(frozen=True)
class Column:
    """A column as it is published."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Table:
    """A published table, its columns in order."""

    name: str
    description: str
    columns: tuple[Column, ...]


def published_tables(marts: duckdb.DuckDBPyConnection) -> dict[str, Table]:
    """Every table of the published file with its descriptions, by name."""
    found = marts.execute("""
        select tables.table_name, tables.comment, columns.column_name, columns.data_type, columns.comment
        from duckdb_tables() as tables
        inner join duckdb_columns() as columns using (database_name, schema_name, table_name)
        where tables.schema_name = 'main'
        order by tables.table_name, columns.column_index
    """).fetchall()
    columns: dict[tuple[str, str], list[Column]] = {}
    for table, description, name, type_, comment in found:
        columns.setdefault((table, (description or "").strip()), []).append(
            Column(name, type_, (comment or "").strip())
        )
    return {name: Table(name, text, tuple(of)) for (name, text), of in columns.items()}


def columns_of(marts: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, str]]:
    """Names and types of what a query gives."""
    described = marts.execute(f"describe {query}").fetchall()
    return [(row[0], row[1]) for row in described]


def published_dataset(table: Table, schema: str) -> Document:
    """The dataset of a published table as it is."""
    return _dataset(
        name=table.name,
        uuid=str(uuid5(FAMILY, f"table/{table.name}")),
        description=table.description,
        schema=schema,
        columns=table.columns,
    )


def labelled_dataset(
    definition: Mapping[str, Any],
    columns: Sequence[tuple[str, str]],
    tables: Mapping[str, Table],
    schema: str,
) -> Document:
    """The dataset of a query that puts labels beside a published table.

    A column is described as that of the table, or as the label that the definition names. Raises
    BundleError where a column has no description.
    """
    name, table = definition["table_name"], tables[definition["table"]]
    named = {
        f"{of.name}.{column.name}": column.description
        for of in tables.values()
        for column in of.columns
    }
    descriptions = {column.name: column.description for column in table.columns}
    descriptions |= {label: named.get(source, "") for label, source in definition["labels"].items()}
    if missing := [column for column, _ in columns if not descriptions.get(column)]:
        raise BundleError(
            f"Nothing describes {', '.join(missing)} of {name}: name the column of a published "
            f"table under `labels` in datasets/{name}.yaml."
        )
    described = [Column(column, type_, descriptions[column]) for column, type_ in columns]
    return _dataset(
        name=name,
        uuid=definition["uuid"],
        description=f"{table.description} With labels.",
        schema=schema,
        columns=described,
        sql=definition["sql"],
        metrics=[_figure(figure, descriptions[figure]) for figure in definition["figures"]],
    )


def _figure(column: str, description: str) -> Document:
    # Of several rows there is no published figure: then nothing is shown, and nothing made up.
    return {
        "metric_name": f"published_{column}",
        "verbose_name": column.replace("_", " ").capitalize(),
        "expression": f"case when count(*) = 1 then max({column}) end",
        "description": f"{description} As published: empty where it is hidden, or where the chart "
        "does not tell one group of one wave from another.",
    }


def _dataset(
    name: str,
    uuid: str,
    description: str,
    schema: str,
    columns: Sequence[Column],
    sql: str | None = None,
    metrics: Sequence[Document] = (),
) -> Document:
    count = {
        "metric_name": "count",
        "verbose_name": "Rows",
        "expression": "count(*)",
        "description": "How many rows.",
    }
    return {
        "table_name": name,
        "schema": schema,
        "sql": sql,
        "description": description,
        "metrics": [count, *metrics],
        "columns": [
            {
                "column_name": column.name,
                "type": column.type,
                "description": column.description,
                "is_dttm": column.type.startswith(("DATE", "TIMESTAMP")),
                "groupby": True,
                "filterable": True,
            }
            for column in columns
        ],
        "uuid": uuid,
        "version": "1.0.0",
    }


def bundle(marts: duckdb.DuckDBPyConnection, uri: str, assets: Path = ASSETS) -> dict[str, str]:
    """The files of the bundle by path, for the marts at the address `uri`.

    Raises BundleError where an asset does not fit what is published.
    """
    schema = "main" if urlsplit(uri).scheme == "duckdb" else "marts"
    tables = published_tables(marts)
    database = _read(assets / "databases" / "marts.yaml") | {"sqlalchemy_uri": uri}
    definitions = [_read(path) for path in sorted((assets / "datasets").glob("*.yaml"))]
    datasets = [published_dataset(table, schema) for table in tables.values()] + [
        labelled_dataset(of, columns_of(marts, of["sql"]), tables, schema) for of in definitions
    ]
    documents = {"metadata.yaml": _read(assets / "metadata.yaml"), "databases/marts.yaml": database}
    for dataset in datasets:
        path = f"datasets/marts/{dataset['table_name']}.yaml"
        documents[path] = dataset | {"database_uuid": database["uuid"]}
    for folder in ("charts", "dashboards"):
        documents |= {
            f"{folder}/{path.name}": _read(path)
            for path in sorted((assets / folder).glob("*.yaml"))
        }
    return {
        path: yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
        for path, document in documents.items()
    }


def duckdb_address(marts: Path) -> str:
    """The address by which Superset opens the published file, and can only read."""
    return f"duckdb:///{marts.absolute()}?{READ_ONLY}"


def write_bundle(marts: Path, uri: str, file: Path) -> None:
    """Write the bundle of the published file `marts`, to be read at `uri`.

    Raises BundleError where there is no published file.
    """
    if not marts.is_file():
        raise BundleError(f"There is no {marts}: publish first, with `vakwerk run`.")
    with duckdb.connect(str(marts), read_only=True) as connection:
        files = bundle(connection, uri)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(f"vakwerk/{path}", text)


def _read(path: Path) -> Document:
    document: Document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


def main() -> None:
    """Write the bundle for a Superset that runs already."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("marts", type=Path, help="the published marts.duckdb")
    parser.add_argument("file", type=Path, help="the zip file to write")
    parser.add_argument("--uri", help="address of the Postgres mirror; else the file is read")
    given = parser.parse_args()
    try:
        write_bundle(given.marts, given.uri or duckdb_address(given.marts), given.file)
    except BundleError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
