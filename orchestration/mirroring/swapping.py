"""Swapping: tables written into a schema that nobody sees, which then becomes what readers see.

A swap takes place in a moment in which no transaction has touched the old tables: without that, a
transaction, or a single query, could see tables of two builds. What belongs here: the statements.
What does not: the order in which a mirror uses them.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from psycopg import Connection, errors, sql

from orchestration.mirroring.roles import grant_reading
from orchestration.mirroring.server import MirrorError
from orchestration.mirroring.tables import Table

Server = Connection[tuple[Any, ...]]

SHOWN = "marts"
WRITTEN = "vakwerk_incoming"
CHUNK = 1 << 20
# Any number, the same for all that mirror.
TURN = 7_301_922
PAUSE_SECONDS = 1.0


def take_turn(server: Server) -> None:
    """Wait until no other process mirrors into this database."""
    server.execute("select pg_advisory_xact_lock(%s)", [TURN])


def build_shown(server: Server, survey_id: str) -> str | None:
    """The build that readers see; None where they see none.

    Raises MirrorError where the schema is no mirror of this survey: nothing of others is dropped.
    """
    found = server.execute("select 1 from pg_namespace where nspname = %s", [SHOWN]).fetchone()
    if found is None:
        return None
    table = server.execute("select to_regclass(%s)", [f"{SHOWN}.publication"]).fetchone()
    if table is None or table[0] is None:
        raise MirrorError(
            f"The database has a schema {SHOWN} that vakwerk did not write: rename it, or name "
            "another database."
        )
    shown = server.execute("select build_id, survey_id from marts.publication").fetchone()
    if shown is None or shown[1] != survey_id:
        raise MirrorError(
            f"The database has the marts of the survey {shown and shown[1]!r}: name another "
            f"database for {survey_id!r}."
        )
    return str(shown[0])


def make_schema(server: Server) -> None:
    """Make the schema to write into, which nobody sees before the transaction is committed."""
    server.execute(f"create schema {WRITTEN}")


def write_table(server: Server, table: Table, rows: Path) -> None:
    """Write a table into the schema that nobody sees, from its rows as csv.

    Raises MirrorError where another number of rows arrives.
    """
    place = sql.Identifier(WRITTEN, table.name)
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.postgres_type))
        for column in table.columns
    )
    server.execute(sql.SQL("create table {} ({})").format(place, columns))
    # Frozen: to a transaction that began before the swap, rows would be missing from the new tables.
    copying = sql.SQL(r"copy {} from stdin (format csv, null '\N', freeze)").format(place)
    with server.cursor() as cursor:
        with rows.open("rb") as file, cursor.copy(copying) as copy:
            while chunk := file.read(CHUNK):
                copy.write(chunk)
        arrived = cursor.rowcount
    if arrived != table.rows:
        raise MirrorError(f"Of {table.rows} rows of {table.name}, {arrived} arrived: try again.")
    _describe(server, sql.SQL("table {}").format(place), table.comment)
    for column in table.columns:
        named = sql.Identifier(WRITTEN, table.name, column.name)
        _describe(server, sql.SQL("column {}").format(named), column.comment)


def swap_in(server: Server, survey_id: str, patience_seconds: float) -> None:
    """Let readers see what was written in place of what they saw, once the transaction is committed.

    Raises MirrorError where readers keep transactions open for longer than the patience, or
    something else was built upon the old tables.
    """
    grant_reading(server, WRITTEN)
    old = [
        sql.Identifier(SHOWN, row[0])
        for row in server.execute(
            "select tablename from pg_tables where schemaname = %s order by 1", [SHOWN]
        )
    ]
    if old:
        tables = sql.SQL(", ").join(old)
        _wait_for_readers(server, tables, patience_seconds)
        # Not cascading: a view of somebody else upon them is theirs to remove.
        server.execute(sql.SQL("drop table {}").format(tables))
        server.execute(sql.SQL("drop schema {}").format(sql.Identifier(SHOWN)))
    server.execute(f"alter schema {WRITTEN} rename to {SHOWN}")
    said = f"Published marts of the survey {survey_id}, mirrored by vakwerk; table publication says which build."
    _describe(server, sql.SQL("schema {}").format(sql.Identifier(SHOWN)), said)


def _wait_for_readers(server: Server, tables: sql.Composed, patience_seconds: float) -> None:
    """Lock the old tables when no transaction has touched them.

    A query that comes meanwhile waits for half a second at most, which is less than the time after
    which Postgres looks for transactions that wait for each other, and ends one.
    """
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            with server.transaction():
                server.execute("set local lock_timeout = '500ms'")
                server.execute(sql.SQL("lock table {} in access exclusive mode").format(tables))
            return
        except errors.LockNotAvailable:
            if time.monotonic() > deadline:
                raise MirrorError(
                    "Not mirrored, and readers keep what they have: these kept a transaction open "
                    f"on it for {patience_seconds:g} seconds: {_holders(server)}. Let them end it, "
                    "and mirror again."
                ) from None
        time.sleep(PAUSE_SECONDS)


def _holders(server: Server) -> str:
    """Who has touched the tables that readers see, in a transaction that is still open."""
    found = server.execute(
        """
        select distinct format('process %%s of %%s', activity.pid, activity.usename)
        from pg_locks as locks
        inner join pg_class as tables on tables.oid = locks.relation
        inner join pg_stat_activity as activity on activity.pid = locks.pid
        where tables.relnamespace = %s::regnamespace and locks.pid <> pg_backend_pid()
        order by 1
        """,
        [SHOWN],
    )
    return ", ".join(row[0] for row in found) or "a process that is gone now"


def _describe(server: Server, what: sql.Composable, comment: str | None) -> None:
    if comment:
        server.execute(sql.SQL("comment on {} is {}").format(what, sql.Literal(comment)))
