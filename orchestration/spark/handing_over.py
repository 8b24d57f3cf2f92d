"""Handing over: what the models on Spark read, from the warehouse to Parquet.

What belongs here: which tables, and writing them. What does not: reading them, which `job` does.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.deliveries.private import private_folder
from orchestration.deliveries.warehouse import loaded_waves
from orchestration.sql import identifier, literal

Table = tuple[str, str]


def models_on_spark(manifest: Mapping[str, Any]) -> list[Table]:
    """Schema and name of the models that read all respondents: the wide table, and the cells."""
    return [
        (node["schema"], node["alias"])
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and _is_on_spark(node)
    ]


def read_on_spark(manifest: Mapping[str, Any]) -> list[Table]:
    """Schema and name of what those models read and DuckDB builds: seeds and small models."""
    nodes = manifest["nodes"]
    keys = {
        key
        for node in nodes.values()
        if node["resource_type"] == "model" and _is_on_spark(node)
        for key in node["depends_on"]["nodes"]
        if not _is_on_spark(nodes[key])
    }
    return sorted((nodes[key]["schema"], nodes[key]["alias"]) for key in keys)


def _is_on_spark(node: Mapping[str, Any]) -> bool:
    # As the macro `is_counted_by_spark` says.
    return node["name"] == "stg_responses" or "cells" in node["fqn"]


def hand_over(connection: DuckDBPyConnection, tables: Iterable[Table], folder: Path) -> list[str]:
    """Write these tables, and each loaded wave as delivered, as `<schema>/<table>/*.parquet`.

    A wave is written again only when it has another revision. Gives the ids of the loaded waves.
    """
    raw = private_folder(folder / "raw")
    waves = loaded_waves(connection)
    for schema, table in tables:
        _write(connection, (schema, table), folder / schema / table / "all.parquet")
    for wave in waves.values():
        file = raw / wave.table_name / f"{wave.revision}-{wave.sha256}.parquet"
        if not file.exists():
            _write(connection, ("raw", wave.table_name), file)
    known = {wave.table_name for wave in waves.values()}
    for left in [path for path in raw.iterdir() if path.name not in known]:
        shutil.rmtree(left)
    return list(waves)


def _write(connection: DuckDBPyConnection, table: Table, file: Path) -> None:
    """The one file of its folder, whole or not at all."""
    private_folder(file.parent.parent)
    fresh = file.parent.with_name(f"{file.parent.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    private_folder(fresh)
    connection.execute(
        f"copy (from {'.'.join(map(identifier, table))}) to {literal(str(fresh / file.name))} (format parquet)"
    )
    shutil.rmtree(file.parent, ignore_errors=True)
    fresh.rename(file.parent)
