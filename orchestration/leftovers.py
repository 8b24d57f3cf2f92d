"""Leftovers: tables in the warehouse that no model makes any more, as after a model was renamed or taken out.

They would be published as they were once built, with respondents who have been erased since. What
belongs here: removing them after a build. What does not: the raw waves and the audit, which are not dbt's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.sql import identifier


def drop_leftovers(connection: DuckDBPyConnection, manifest: Mapping[str, Any]) -> list[str]:
    """Remove what lies in dbt's schemas and is of no model or seed of its manifest; gives the names."""
    made = {
        (node["schema"], node["alias"])
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    schemas = sorted({schema for schema, _ in made})
    standing = connection.execute(
        """
        select 'view' as kind, schema_name, view_name as name from duckdb_views() where not internal
        union all
        select 'table', schema_name, table_name from duckdb_tables() where not internal
        order by all desc
        """
    ).fetchall()
    left = [
        (kind, schema, name)
        for kind, schema, name in standing
        if schema in schemas and (schema, name) not in made
    ]
    for kind, schema, name in left:
        connection.execute(f"drop {kind} {identifier(schema)}.{identifier(name)}")
    return [f"{schema}.{name}" for _, schema, name in left]
