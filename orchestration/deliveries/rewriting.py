"""Rewriting: a database written anew, so that nothing deleted remains in its file.

DuckDB frees the blocks of what was deleted, but their bytes stay in the file until something else
is written over them. What belongs here: the copy into a fresh file, and the proof that nothing else
changed. What does not: deleting, which comes before.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.deliveries.errors import DeliveryError, WarehouseBusy
from orchestration.deliveries.private import owner_only
from orchestration.settings import PRIVATE_FILE
from orchestration.sql import identifier, literal

# Everything that a database holds beside its rows, in a form that is the same in a true copy.
CATALOG = """
    select 'schema' as kind, schema_name as place, '' as name, comment::varchar as told
    from duckdb_schemas() where database_name = $database and not internal
    union all
    select 'table', schema_name, table_name, concat_ws('|', sql, comment)
    from duckdb_tables() where database_name = $database and not internal
    union all
    select 'column', schema_name || '.' || table_name, column_name, concat_ws('|', data_type, comment)
    from duckdb_columns() where database_name = $database and not internal
    union all
    -- DuckDB writes the columns of a `replace` down in another order each time: the words of a view, sorted.
    select 'view', schema_name, view_name,
        concat_ws('|', list_sort(regexp_extract_all(sql, '\\w+|[^\\w\\s]'))::varchar, comment)
    from duckdb_views() where database_name = $database and not internal
    union all
    select 'sequence', schema_name, sequence_name, concat_ws('|', start_value, last_value)
    from duckdb_sequences() where database_name = $database
    union all
    select 'index', schema_name, index_name, sql
    from duckdb_indexes() where database_name = $database
    union all
    select 'type', schema_name, type_name, labels::varchar
    from duckdb_types() where database_name = $database and not internal
    union all
    select 'function', schema_name, function_name, macro_definition
    from duckdb_functions() where database_name = $database and not internal
    order by all
"""


def rewritten(database: Path) -> None:
    """Write a database into a fresh file and put that in its place, in one step.

    The old file stays locked until it is replaced, so no writer's work is lost. Raises WarehouseBusy
    where it is open elsewhere; DeliveryError, with the old file as it was, where the copy is not the
    same in every schema, table, column, key, view, comment and number of rows.
    """
    fresh = database.with_name(f".{database.name}.fresh")
    _unlink(fresh)
    # Views name the database that they are in, so it goes by its own name while they are copied.
    name = database.stem
    with owner_only(), duckdb.connect() as connection:
        _attach(connection, database, name)
        # Else its write-ahead log would be taken for the new file's.
        connection.execute(f"force checkpoint {identifier(name)}")
        connection.execute(f"attach {literal(str(fresh))} as fresh")
        connection.execute(f"copy from database {identifier(name)} to fresh")
        is_whole = _content(connection, name) == _content(connection, "fresh")
        connection.execute("detach fresh")
        if not is_whole:
            _unlink(fresh)
            raise DeliveryError(
                f"{database} could not be copied whole and was left as it was, so that what was "
                "deleted may still stand in its file."
            )
        fresh.chmod(PRIVATE_FILE)
        fresh.replace(database)
    # What a killed process put aside for want of memory.
    shutil.rmtree(database.with_name(f"{database.name}.tmp"), ignore_errors=True)


def _attach(connection: DuckDBPyConnection, database: Path, name: str) -> None:
    try:
        connection.execute(f"attach {literal(str(database))} as {identifier(name)}")
    except duckdb.Error as error:
        raise WarehouseBusy(
            f"{database} cannot be written anew now ({str(error).splitlines()[0]}): try again when "
            "no other process has it open."
        ) from error


def _content(
    connection: DuckDBPyConnection, database: str
) -> tuple[list[tuple[str, ...]], dict[str, int]]:
    """The catalog of an attached database, and the number of rows of each of its tables."""
    catalog = connection.execute(CATALOG, {"database": database}).fetchall()
    tables = [(place, name) for kind, place, name, _ in catalog if kind == "table"]
    rows = {}
    for place, name in tables:
        table = ".".join(map(identifier, (database, place, name)))
        counted = connection.execute(f"select count(*) from {table}").fetchone()  # noqa: S608
        assert counted is not None
        rows[f"{place}.{name}"] = int(counted[0])
    return catalog, rows


def _unlink(database: Path) -> None:
    database.unlink(missing_ok=True)
    database.with_name(f"{database.name}.wal").unlink(missing_ok=True)
