"""What no model makes any more leaves the warehouse, and nothing else does."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.leftovers import drop_leftovers


def node(kind: str, schema: str, name: str) -> dict[str, Any]:
    return {"resource_type": kind, "schema": schema, "alias": name}


MANIFEST = {
    "nodes": {
        "model.kept": node("model", "marts", "kept"),
        "seed.kept": node("seed", "codebook", "kept"),
        "test.kept": node("test", "test_failures", "kept"),
    }
}


def test_tables_and_views_of_no_model_are_removed_and_all_others_stay() -> None:
    with duckdb.connect() as connection:
        connection.execute(
            """
            create schema marts; create schema codebook; create schema raw; create schema audit;
            create table marts.kept as select 1 as x;
            create table marts."Renamed mart" as select 1 as x;
            create view marts.a_view as from marts."Renamed mart";
            create table codebook.kept as select 1 as x;
            create table codebook.gone as select 1 as x;
            create table raw.wave_2022 as select 1 as x;
            create table audit.checks as select 1 as x;
            """
        )
        removed = drop_leftovers(connection, MANIFEST)
        left = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() order by all"
        ).fetchall()
        assert drop_leftovers(connection, MANIFEST) == []
    assert sorted(removed) == ["codebook.gone", "marts.Renamed mart", "marts.a_view"]
    assert [name for (name,) in left] == [
        "audit.checks",
        "codebook.kept",
        "marts.kept",
        "raw.wave_2022",
    ]
