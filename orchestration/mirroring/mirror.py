"""The mirror: the published file, table by table, as the schema `marts` of a Postgres database.

What belongs here: the one transaction, and whether there is anything to do. What does not: what is
written into the server (`swapping`), and who may read it (`roles`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.mirroring.columns import as_copied
from orchestration.mirroring.server import MirrorError, connected
from orchestration.mirroring.tables import Table, tables_of
from orchestration.publishing.candidate import MARTS_FILE
from orchestration.settings import Settings
from orchestration.sql import identifier, literal

# How long a publication waits for a moment in which no transaction of a reader is open.
PATIENCE_SECONDS = 300.0


@dataclass(frozen=True)
class Mirrored:
    """What the server shows now; `is_new` is False where it showed this build before."""

    build_id: str
    tables: int
    rows: int
    is_new: bool

    def __str__(self) -> str:
        if not self.is_new:
            return f"The Postgres server shows build {self.build_id} already."
        return (
            f"Mirrored build {self.build_id} to Postgres: {self.tables} tables, {self.rows} rows."
        )


def mirror(settings: Settings, url: str, patience_seconds: float = PATIENCE_SECONDS) -> Mirrored:
    """Let a Postgres server show what is published: all of it in one transaction, or nothing.

    Raises MirrorError where nothing is published, the server cannot be reached or objects, or where
    readers keep transactions open for longer than the patience; they then keep what they have.
    """
    published = settings.published / MARTS_FILE
    if not published.exists():
        raise MirrorError("Nothing is published yet: run `vakwerk run` first.")
    with (
        connected(url) as server,
        duckdb.connect(published.resolve(), read_only=True) as file,
        TemporaryDirectory(prefix="vakwerk_") as folder,
    ):
        from orchestration.mirroring.roles import make_roles
        from orchestration.mirroring.swapping import (
            build_shown,
            make_schema,
            swap_in,
            take_turn,
            write_table,
        )

        build_id, survey_id = _identity(file)
        tables = tables_of(file)
        take_turn(server)
        is_new = build_shown(server, survey_id) != build_id
        if is_new:
            make_roles(server)
            make_schema(server)
            for table in tables:
                write_table(server, table, _copied(file, table, Path(folder) / "rows.csv"))
            swap_in(server, survey_id, patience_seconds)
        return Mirrored(build_id, len(tables), sum(table.rows for table in tables), is_new)


def _identity(file: DuckDBPyConnection) -> tuple[str, str]:
    found = file.execute("select build_id, survey_id from publication").fetchone()
    assert found is not None
    return found[0], found[1]


def _copied(file: DuckDBPyConnection, table: Table, place: Path) -> Path:
    """The rows of a table as csv; text that is `\\N` is quoted, and so is none."""
    columns = ", ".join(as_copied(column.name, column.duckdb_type) for column in table.columns)
    file.execute(
        f"copy (select {columns} from {identifier(table.name)}) to {literal(str(place))} "  # noqa: S608
        r"(format csv, header false, nullstr '\N')"
    )
    return place
