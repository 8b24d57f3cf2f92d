"""The published tables as they are to be mirrored: names, types, descriptions and numbers of rows.

What belongs here: reading these from the published file. What does not: their rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from orchestration.mirroring.columns import checked_name, postgres_type
from orchestration.sql import identifier


@dataclass(frozen=True)
class Column:
    """A published column: its name, its type in DuckDB and on Postgres, and its description."""

    name: str
    duckdb_type: str
    postgres_type: str
    comment: str | None


@dataclass(frozen=True)
class Table:
    """A published table."""

    name: str
    comment: str | None
    columns: tuple[Column, ...]
    rows: int


def tables_of(file: DuckDBPyConnection) -> list[Table]:
    """Every published table; raises MirrorError for a type or a name that Postgres cannot have."""
    named = file.execute(
        "select table_name, comment from duckdb_tables() where schema_name = 'main' order by all"
    ).fetchall()
    return [_table(file, name, comment) for name, comment in named]


def _table(file: DuckDBPyConnection, name: str, comment: str | None) -> Table:
    columns = file.execute(
        """
        select column_name, data_type, comment from duckdb_columns()
        where schema_name = 'main' and table_name = ? order by column_index
        """,
        [name],
    ).fetchall()
    counted = file.execute(f"select count(*) from {identifier(name)}").fetchone()  # noqa: S608
    assert counted is not None
    return Table(
        checked_name(name),
        comment,
        tuple(
            Column(checked_name(column), kind, postgres_type(kind, f"{name}.{column}"), said)
            for column, kind, said in columns
        ),
        counted[0],
    )
