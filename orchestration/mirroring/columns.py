"""Columns: what a type of DuckDB is on Postgres, and how its values are written for a copy.

What belongs here: one column at a time. What does not: tables.
"""

from __future__ import annotations

import re

from orchestration.mirroring.server import MirrorError
from orchestration.sql import identifier

TYPES = {
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "UTINYINT": "smallint",
    "INTEGER": "integer",
    "USMALLINT": "integer",
    "BIGINT": "bigint",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric(20)",
    "HUGEINT": "numeric(39)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "VARCHAR": "text",
    "DATE": "date",
    "TIME": "time",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "UUID": "uuid",
}
DECIMAL = re.compile(r"DECIMAL\(\d+,\d+\)")
LONGEST_NAME = 63


def postgres_type(duckdb_type: str, place: str) -> str:
    """The type of Postgres for one of DuckDB; raises MirrorError, naming `place`, for one that has none."""
    if duckdb_type.endswith("[]"):
        return postgres_type(duckdb_type.removesuffix("[]"), place) + "[]"
    if DECIMAL.fullmatch(duckdb_type):
        return duckdb_type.replace("DECIMAL", "numeric")
    if duckdb_type not in TYPES:
        raise MirrorError(f"{place} is {duckdb_type}, for which Postgres has no plain type.")
    return TYPES[duckdb_type]


def checked_name(name: str) -> str:
    """A name as Postgres keeps it; raises MirrorError for one that it would cut off."""
    if len(name.encode()) > LONGEST_NAME:
        raise MirrorError(
            f"{name!r} is longer than the {LONGEST_NAME} bytes of a name of Postgres."
        )
    return name


def as_copied(name: str, duckdb_type: str) -> str:
    """The SQL of DuckDB that writes a column as Postgres reads it: a list is `{"a","b",NULL}`."""
    column = identifier(name)
    if not duckdb_type.endswith("[]"):
        return column
    quoted = r"""'"' || replace(replace(x::varchar, '\', '\\'), '"', '\"') || '"'"""
    items = f"list_transform({column}, lambda x: coalesce({quoted}, 'NULL'))"
    return f"'{{' || array_to_string({items}, ',') || '}}' as {column}"
