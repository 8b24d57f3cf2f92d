"""Columnar files: Parquet, whose values have types and become text here."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import (
    TABLE,
    DeliveredTable,
    columns_of,
    create_table,
    number_as_text,
    rows_in,
)
from orchestration.deliveries.report import Kind, Problem
from orchestration.machine import is_at_fault
from orchestration.sql import identifier, identifiers

SEND_AGAIN = "Write the Parquet file again, check that it opens, and deliver it again."


def read_parquet(
    path: Path, connection: DuckDBPyConnection, _folder: Path, _reading: Reading
) -> DeliveredTable:
    """Read a Parquet file; it has no header, so row 1 is its first row."""
    import pyarrow.parquet

    try:
        schema = pyarrow.parquet.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        return DeliveredTable(problems=(_damage(error, path),))
    columns = columns_of(schema.names)
    if not columns:
        return DeliveredTable()
    create_table(connection, columns)
    values = ", ".join(
        number_as_text(column.label)
        if pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        else f"nullif({identifier(column.label)}::varchar, '')"
        for column, kind in zip(columns, schema.types, strict=True)
    )
    labels = identifiers(column.label for column in columns)
    problems: tuple[Problem, ...] = ()
    try:
        connection.execute(
            f"insert into {TABLE} select {values} from read_parquet($path) as file({labels})",  # noqa: S608
            {"path": str(path)},
        )
    except duckdb.Error as error:
        if is_at_fault(error):
            raise
        problems = (_damage(error, path),)
    return DeliveredTable(columns=columns, row_count=rows_in(connection), problems=problems)


def _damage(error: Exception, path: Path) -> Problem:
    # The library names the copy that it reads, of which the sender knows nothing.
    reason = str(error).splitlines()[0].replace(f' "{path}"', "").rstrip(".")
    message = f"The Parquet file is cut off or damaged: {reason}."
    return Problem(Kind.TRUNCATED, message, SEND_AGAIN)
