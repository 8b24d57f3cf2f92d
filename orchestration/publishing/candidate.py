"""The candidate: the marts written anew, as a DuckDB file and as Parquet, and held against the build.

The file has its tables in the default schema: its catalog is called `marts` after the file, so that
`marts.item_results` is the same table here, in the warehouse and wherever it is mirrored. A schema
of that name inside it would make just this ambiguous. What belongs here: making the files and proving that they hold what was audited. What does not:
showing them to readers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.errors import VakwerkError
from orchestration.settings import Settings
from orchestration.sql import identifier, literal

MARTS_FILE = "marts.duckdb"
PARQUET_FOLDER = "parquet"
CONTRACT_VERSION = "1"

# What says which build the file is; the columns of every other table are described by its model.
PUBLICATION = "One row: which build this file is, of which survey."
PUBLICATION_COLUMNS: Mapping[str, str] = {
    "build_id": "The build, as in `manifest.json`.",
    "contract_version": "Version of the published interface; stop at a number that you do not know.",
    "published_at": "When the build was written.",
    "survey_id": "The survey, as in the codebook.",
    "label_nl": "The survey in Dutch.",
    "label_en": "The survey in English.",
    "description": "What the survey is, and whether its waves are synthetic.",
}

# Readers may not write: a tool that opens the file for writing would lock out the others.
READABLE_FILE = 0o444
READABLE_FOLDER = 0o755


class PublishingError(VakwerkError):
    """The marts cannot be published; readers keep what they have. The message says why."""


@dataclass(frozen=True)
class Table:
    """A published table: how many rows, and a checksum over them that no order changes."""

    rows: int
    checksum: str


def write_candidate(settings: Settings, folder: Path, build_id: str) -> Mapping[str, Table]:
    """Write every mart into `folder`; gives the tables by name.

    Raises PublishingError where a written table differs from the mart that was audited.
    """
    (folder / PARQUET_FOLDER).mkdir(parents=True)
    with duckdb.connect(config={"threads": settings.threads}) as connection:
        connection.execute(f"attach {literal(str(settings.warehouse))} as warehouse (read_only)")
        file = literal(str(folder / MARTS_FILE))
        connection.execute(f"attach {file} as publication")
        _write_publication(connection, build_id)
        audited = {
            name: _table(connection, f"warehouse.marts.{identifier(name)}")
            for name in _marts(connection)
        }
        for name in audited:
            _write_table(connection, name, folder)
        # On a full disk only this says so: closed without it, the file lacks what its log still has.
        connection.execute("detach publication")
        # From the file alone, as readers will have it.
        connection.execute(f"attach {file} as publication (read_only)")
        written = {name: _table(connection, f"publication.{identifier(name)}") for name in audited}
    differing = [name for name in audited if audited[name] != written[name]]
    if differing:
        raise PublishingError(
            f"The new file differs from the audited marts in {', '.join(differing)}; "
            "publish again, and look for a full disk if it persists."
        )
    for path in (folder, folder / PARQUET_FOLDER):
        path.chmod(READABLE_FOLDER)
    for path in (folder / MARTS_FILE, *(folder / PARQUET_FOLDER).iterdir()):
        path.chmod(READABLE_FILE)
    return written


def _marts(connection: DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        """
        select table_name from duckdb_tables()
        where database_name = 'warehouse' and schema_name = 'marts' order by table_name
        """
    ).fetchall()
    if not rows:
        raise PublishingError("The warehouse has no marts: run `vakwerk run` first.")
    return [row[0] for row in rows]


def _write_publication(connection: DuckDBPyConnection, build_id: str) -> None:
    connection.execute(
        """
        create table publication.publication as
        select ? as build_id, ? as contract_version, now() as published_at, survey_id, label_nl, label_en, description
        from warehouse.codebook.survey
        """,
        [build_id, CONTRACT_VERSION],
    )
    table = "publication.publication"
    connection.execute(f"comment on table {table} is {literal(PUBLICATION)}")
    for column, comment in PUBLICATION_COLUMNS.items():
        place = f"{table}.{identifier(column)}"
        connection.execute(f"comment on column {place} is {literal(comment)}")


def _write_table(connection: DuckDBPyConnection, name: str, folder: Path) -> None:
    table = f"publication.{identifier(name)}"
    connection.execute(f"create table {table} as from warehouse.marts.{identifier(name)}")
    for column, comment in connection.execute(
        """
        select null, comment from duckdb_tables()
        where database_name = 'warehouse' and schema_name = 'marts' and table_name = $name
        union all
        select column_name, comment from duckdb_columns()
        where database_name = 'warehouse' and schema_name = 'marts' and table_name = $name
        """,
        {"name": name},
    ).fetchall():
        place = f"column {table}.{identifier(column)}" if column else f"table {table}"
        if comment:
            connection.execute(f"comment on {place} is {literal(comment)}")
    parquet = folder / PARQUET_FOLDER / f"{name}.parquet"
    connection.execute(
        f"copy {table} to {literal(str(parquet))} (format parquet, compression zstd)"
    )


def _table(connection: DuckDBPyConnection, place: str) -> Table:
    row = connection.execute(
        f"select count(*), coalesce(sum(hash(rows)::hugeint), 0)::varchar from {place} as rows"  # noqa: S608
    ).fetchone()
    assert row is not None
    return Table(rows=row[0], checksum=row[1])
