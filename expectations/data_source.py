"""The DuckDB data source of Great Expectations: a file, opened read-only, on one connection.

What belongs here: what GX needs to run its expectations inside DuckDB. What does not: suites and
results. Importing this module imports Great Expectations: do so only where a suite is run.
"""

from __future__ import annotations

import builtins
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import duckdb
import great_expectations as gx
from duckdb_engine import ConnectionWrapper
from great_expectations.compatibility import pydantic
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.execution_engine.sqlalchemy_execution_engine import (
    SqlAlchemyExecutionEngine,
)

from orchestration.sql import identifier


class DuckDBExecutionEngine(SqlAlchemyExecutionEngine):
    """Keeps one connection open: DuckDB gives a result only while its connection lives."""

    @contextmanager
    def get_connection(self) -> Generator[Any, None, None]:
        """The one connection, opened when first asked for."""
        if self._connection is None:
            self._connection = self.engine.connect()
        yield self._connection


class DuckDBDatasource(SQLDatasource):
    """`context.data_sources.add_duckdb(name, connection_string)`: GX registers it by its type."""

    type: Literal["duckdb"] = "duckdb"  # type: ignore[assignment]

    _schema: str | None = pydantic.PrivateAttr(None)

    @property
    def schema_(self) -> str | None:
        """The schema whose tables are checked."""
        return self._schema

    @property
    def execution_engine_type(self) -> builtins.type[SqlAlchemyExecutionEngine]:
        """The engine that queries are run by."""
        return DuckDBExecutionEngine

    def close(self) -> None:
        """Lets go of the file."""
        engine = self.get_execution_engine()
        if engine._connection is not None:
            engine._connection.close()
        engine.close()
        self.get_engine().dispose()


@contextmanager
def opened(database: Path, schema: str) -> Iterator[DuckDBDatasource]:
    """One schema of a DuckDB file as a data source that cannot write to it, until the block ends.

    A file that is called like the schema has it as its default schema, as the published file does.
    Raises TestConnectionError where the file cannot be opened or has no such schema.
    """
    place = "main" if database.stem == schema else schema
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ),
    )

    def connect() -> ConnectionWrapper:
        # Not by the connection string: the dialect would add settings of its own, and DuckDB lets
        # connections of one process share a file only if their settings are the same.
        connection = duckdb.connect(database, read_only=True)
        if place != "main":
            connection.execute(f"use {identifier(place)}")
        return ConnectionWrapper(connection)

    source = context.data_sources.add_duckdb(
        name="duckdb", connection_string="duckdb://", kwargs={"creator": connect}
    )
    source._schema = place
    try:
        yield source
    finally:
        source.close()
