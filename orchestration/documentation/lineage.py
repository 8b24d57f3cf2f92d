"""Lineage: from which columns each published column is made, read from the SQL that dbt compiled.

What belongs here: one step back, as sqlglot finds it. What does not: running any SQL.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot.schema import MappingSchema

# By published table and column: the columns it is made from, as `schema.table.column`.
Lineage = Mapping[tuple[str, str], tuple[str, ...]]

DIALECT = "duckdb"
QUOTE = '"'


def column_lineage(manifest: Mapping[str, Any]) -> Lineage:
    """What each column of the marts is made from.

    Empty where dbt has only parsed the models: their SQL is compiled by the first build.
    """
    from sqlglot.schema import MappingSchema

    compiled = [
        node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["schema"] == "marts"
        and node["language"] == "sql"
        and node.get("compiled_code")
    ]
    if not compiled:
        return {}
    schema = MappingSchema(_known_columns(manifest), dialect=DIALECT)
    return {
        (node["alias"], column): origins
        for node in compiled
        for column, origins in _of_model(node, schema)
    }


def _known_columns(manifest: Mapping[str, Any]) -> dict[str, object]:
    """Every column that dbt knows, which says what stands behind a `select *`."""
    known: defaultdict[str, defaultdict[str, dict[str, object]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for node in manifest["nodes"].values():
        if node["resource_type"] in ("model", "seed"):
            # The type is of no interest here, but the schema wants one.
            columns = dict.fromkeys(node["columns"], "varchar")
            known[node["database"]][node["schema"]][node["alias"]] = columns
    return dict(known)


def _of_model(
    node: Mapping[str, Any], schema: MappingSchema
) -> Iterator[tuple[str, tuple[str, ...]]]:
    from sqlglot import exp, parse_one
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    query = qualify(
        parse_one(node["compiled_code"], dialect=DIALECT),
        dialect=DIALECT,
        schema=schema,
        validate_qualify_columns=False,
    )
    scope = build_scope(query)
    for column in node["columns"]:
        found = lineage(
            column, query, schema=schema, scope=scope, dialect=DIALECT, trim_selects=False
        )
        yield (
            column,
            tuple(
                sorted(
                    {
                        f"{step.source.db}.{step.source.name}.{step.name.rpartition('.')[2].strip(QUOTE)}"
                        for step in found.walk()
                        if not step.downstream and isinstance(step.source, exp.Table)
                    }
                )
            ),
        )
