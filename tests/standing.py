"""What stands in a warehouse's home, as checksums, for tests that promise that nothing changed.

What belongs here: seeing every table and every file. What does not: what ought to be in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

import duckdb

from orchestration.settings import Settings
from orchestration.sql import identifier, identifiers

_known: dict[tuple[str, tuple[str, ...]], Mapping[str, str]] = {}


def tables(database: Path, but: tuple[str, ...] = ()) -> Mapping[str, str]:
    """The checksum of every table and view of a database: its columns but some, and its rows in order."""
    log = database.with_name(f"{database.name}.wal")
    content = b"".join(path.read_bytes() for path in (database, log) if path.exists())
    # Opening a database takes longer than reading it, so the same content is looked at once.
    key = sha256(content).hexdigest(), but
    if key not in _known:
        _known[key] = _tables(database, but)
    return _known[key]


def _tables(database: Path, but: tuple[str, ...]) -> Mapping[str, str]:
    with duckdb.connect(database, read_only=True) as connection:
        columns = connection.execute(
            """
            select table_schema, table_name, list(column_name order by ordinal_position)
            from information_schema.columns group by all order by all
            """
        ).fetchall()
        return {
            f"{schema}.{name}": _checksum(
                connection,
                f"{identifier(schema)}.{identifier(name)}",
                [column for column in names if column not in but],
            )
            for schema, name, names in columns
        }


def files(settings: Settings) -> Mapping[str, str]:
    """The checksum of every file in the home but those that were refused, by its place there."""
    return {
        str(path.relative_to(settings.home)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(settings.home.rglob("*"))
        if path.is_file() and settings.rejected not in path.parents
    }


def _checksum(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> str:
    cells = identifiers(columns)
    found = connection.execute(
        f"""
        select count(*), sum(hash(place, cells))
        from (select row_number() over () as place, row({cells}) as cells from {table})
        """
    ).fetchone()
    return f"{', '.join(columns)}: {found}"
