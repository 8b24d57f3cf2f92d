"""The programs that people read the published tables with, each opened read-only as its page says.

What belongs here: opening what is published with each of them, asking, and closing it; the catalogue that
they show; what their pages say. What does not: what they ought to find, and R and Superset, which have
tests of their own.
"""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from orchestration.settings import PROJECT

if TYPE_CHECKING:
    from sqlalchemy import Engine

Rows = list[tuple[Any, ...]]
# Opens the file, answers one statement after the other, and closes it.
Client = Callable[[Path, Iterable[str]], Iterator[Rows]]

# Every table with its description, and its columns with theirs.
Catalogue = Mapping[str, tuple[str | None, list[tuple[str, str | None]]]]

DUCKDB = Path(sys.executable).with_name("duckdb")
END = "that was all"


class Refused(Exception):
    """The program would not do what it was asked; the message is its own."""


def by_sqlalchemy(file: Path, statements: Iterable[str]) -> Iterator[Rows]:
    """SQLAlchemy with `duckdb_engine`, which many BI tools stand on."""
    import sqlalchemy

    engine = sqlalchemy.create_engine(f"duckdb:///{file}", connect_args={"read_only": True})
    try:
        with engine.connect() as connection:
            for statement in statements:
                yield [tuple(row) for row in connection.execute(sqlalchemy.text(statement))]
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise Refused(str(error)) from error
    finally:
        engine.dispose()


def by_adbc(file: Path, statements: Iterable[str]) -> Iterator[Rows]:
    """ADBC; `adbc_driver_duckdb.dbapi` opens for writing, so the driver's manager is told how."""
    import adbc_driver_duckdb  # type: ignore[import-untyped]
    from adbc_driver_manager import dbapi

    options = {"path": str(file), "access_mode": "READ_ONLY"}
    try:
        with (
            dbapi.connect(
                adbc_driver_duckdb.driver_path(),
                entrypoint="duckdb_adbc_init",
                db_kwargs=options,
                autocommit=True,
            ) as connection,
            connection.cursor() as cursor,
        ):
            for statement in statements:
                cursor.execute(statement)
                yield [tuple(row.values()) for row in cursor.fetch_arrow_table().to_pylist()]
    except dbapi.Error as error:
        raise Refused(str(error)) from error


def by_harlequin(file: Path, statements: Iterable[str]) -> Iterator[Rows]:
    """Harlequin's adapter, as its screen uses it."""
    from harlequin.exception import HarlequinQueryError
    from harlequin_duckdb import DuckDbAdapter

    connection = DuckDbAdapter([str(file)], read_only=True, no_init=True).connect()
    try:
        for statement in statements:
            cursor = connection.execute(statement)
            assert cursor is not None
            found: Any = cursor.fetchall()
            yield [tuple(row.values()) for row in found.to_pylist()]
    except HarlequinQueryError as error:
        raise Refused(error.msg) from error
    finally:
        connection.conn.close()


def by_command_line(file: Path, statements: Iterable[str]) -> Iterator[Rows]:
    """DuckDB's own command line, which stays open and is asked through its input."""
    with subprocess.Popen(
        [DUCKDB, "-readonly", "-no-init", "-json", file],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for statement in statements:
            process.stdin.write(f"{statement};\n.print {END}\n")
            process.stdin.flush()
            # Until it has said all, or is dead.
            told = "".join(takewhile(lambda line: line != f"{END}\n", process.stdout))
            try:
                rows = json.loads(told)
            except json.JSONDecodeError as error:
                raise Refused(told) from error
            yield [tuple(row.values()) for row in rows]


SQL_CLIENTS: Mapping[str, Client] = {
    "sqlalchemy": by_sqlalchemy,
    "adbc": by_adbc,
    "harlequin": by_harlequin,
    "command line": by_command_line,
}


def by_pandas(file: Path) -> Rows:
    """pandas, with Arrow's types: its own would turn counts with a NULL into decimals."""
    import pandas as pd

    table = pd.read_parquet(file, dtype_backend="pyarrow")
    return [
        tuple(None if cell is pd.NA else cell for cell in row)
        for row in table.itertuples(index=False, name=None)
    ]


def by_polars(file: Path) -> Rows:
    """Polars."""
    import polars as pl

    return pl.read_parquet(file).rows()


PARQUET_CLIENTS: Mapping[str, Callable[[Path], Rows]] = {"pandas": by_pandas, "polars": by_polars}
CLIENTS = (*SQL_CLIENTS, *PARQUET_CLIENTS)


def read(client: str, published: Path, tables: Sequence[str]) -> Mapping[str, Rows]:
    """The rows of these tables, all of one build, as the client gives them."""
    if client in SQL_CLIENTS:
        answers = SQL_CLIENTS[client](
            published / "marts.duckdb", [f'select * from "{name}"' for name in tables]
        )
        found = dict(zip(tables, answers, strict=True))
    else:
        found = _read_parquet(PARQUET_CLIENTS[client], published, tables)
    return {name: [tuple(map(plain, row)) for row in rows] for name, rows in found.items()}


def _read_parquet(
    reader: Callable[[Path], Rows], published: Path, tables: Sequence[str]
) -> dict[str, Rows]:
    while True:
        # The link may lead to another build at any time, so it is followed once for all files.
        folder = (published / "parquet").resolve()
        try:
            return {
                name: _build_id(folder)
                if name == "publication"
                else reader(folder / f"{name}.parquet")
                for name in tables
            }
        except FileNotFoundError:
            # Two publications later a build is gone; the link leads to one that stands.
            if folder == (published / "parquet").resolve():
                raise


def _build_id(folder: Path) -> Rows:
    """Parquet has no table `publication`; the manifest beside it says which build this is."""
    manifest = json.loads((folder.parent / "manifest.json").read_text(encoding="utf-8"))
    return [(manifest["build_id"],)]


def plain(value: object) -> object:
    """A value of a client as any other would give it: days as text."""
    return str(value) if isinstance(value, datetime.date) else value


def catalogue(engine: Engine, schema: str | None) -> Catalogue:
    """The catalogue that a BI tool finds through SQLAlchemy."""
    import sqlalchemy

    inspector = sqlalchemy.inspect(engine)
    return {
        table: (
            inspector.get_table_comment(table, schema=schema)["text"],
            [
                (column["name"], column["comment"])
                for column in inspector.get_columns(table, schema=schema)
            ],
        )
        for table in inspector.get_table_names(schema=schema)
    }


def published_catalogue(marts: duckdb.DuckDBPyConnection) -> Catalogue:
    """The same, as the published file has it."""
    tables = marts.execute("select table_name, comment from duckdb_tables()").fetchall()
    columns = marts.execute(
        "select table_name, column_name, comment from duckdb_columns() "
        "where not internal order by column_index"
    ).fetchall()
    return {
        table: (comment, [(name, said) for of, name, said in columns if of == table])
        for table, comment in tables
    }


def blocks(page: str, language: str) -> list[str]:
    """What a page of `docs/clients` shows in this language."""
    text = (PROJECT / "docs" / "clients" / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)
