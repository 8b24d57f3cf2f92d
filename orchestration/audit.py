"""The audit: what every check said of the build that stands in the warehouse.

What belongs here: the tables `audit.builds` and `audit.checks`, writing them, and whether the build
may be published. What does not: making checks, which dbt and Great Expectations do. The record lies
in the warehouse, beside the data that it speaks of, so that a later run finds it too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Literal

from duckdb import DuckDBPyConnection

Status = Literal["passed", "failed", "error"]

# The fingerprint of models that an unfinished build may have left of one code and of another.
SEVERAL_CODES = "several"

SCHEMA = """
    create schema if not exists audit;
    create table if not exists audit.builds (
        build_id varchar primary key,
        finished_at timestamptz not null default now(),
        succeeded boolean not null,
        code_fingerprint varchar not null,
        codebook_fingerprint varchar not null
    );
    create table if not exists audit.checks (
        build_id varchar not null,
        tool varchar not null,
        suite varchar not null,
        name varchar not null,
        table_name varchar not null,
        status varchar not null,
        blocks boolean not null,
        failing_rows bigint not null,
        primary key (build_id, tool, suite, name)
    );
    comment on table audit.builds is 'One row per build of the models; the last one stands.';
    comment on table audit.checks is 'One row per build and check.';
"""


@dataclass(frozen=True)
class Build:
    """One build of the models, and the code and codebook that it was made with."""

    build_id: str
    succeeded: bool
    code_fingerprint: str
    codebook_fingerprint: str


@dataclass(frozen=True)
class CheckRecord:
    """What one check said; `blocks` is whether its failing keeps the build from readers."""

    tool: Literal["dbt", "great_expectations"]
    suite: str
    name: str
    table_name: str
    status: Status
    blocks: bool
    failing_rows: int


def begin_build(connection: DuckDBPyConnection, code_fingerprint: str) -> Build:
    """Note that the models are being built, so that nothing half built can be published.

    Gives the unfinished build, as a killed run leaves it. Its code is `SEVERAL_CODES` where models
    of other code stand, which only a build of everything replaces.
    """
    connection.execute(SCHEMA)
    before = last_build(connection)
    of_one_code = before is None or before.code_fingerprint == code_fingerprint
    unfinished = Build(
        build_id="unfinished",
        succeeded=False,
        code_fingerprint=code_fingerprint if of_one_code else SEVERAL_CODES,
        codebook_fingerprint="",
    )
    record_build(connection, unfinished, [])
    return unfinished


def take_over_build(connection: DuckDBPyConnection, code_fingerprint: str) -> None:
    """Note that the models stand as this code would make them too; Great Expectations has to say anew
    what it finds, as its checks may be what changed.
    """
    connection.execute("begin")
    connection.execute("update audit.builds set code_fingerprint = ?", [code_fingerprint])
    connection.execute("delete from audit.checks where tool = 'great_expectations'")
    connection.execute("commit")


def record_build(
    connection: DuckDBPyConnection, build: Build, checks: Iterable[CheckRecord]
) -> None:
    """Write the build and what dbt's tests said of it, in place of every build before it."""
    connection.execute("begin")
    connection.execute("delete from audit.checks")
    connection.execute("delete from audit.builds")
    connection.execute(
        """
        insert into audit.builds (build_id, succeeded, code_fingerprint, codebook_fingerprint)
        values (?, ?, ?, ?)
        """,
        astuple(build),
    )
    _insert(connection, build.build_id, checks)
    connection.execute("commit")


def record_checks(connection: DuckDBPyConnection, checks: Sequence[CheckRecord]) -> None:
    """Write what a suite said of the last build, in place of what it said before."""
    connection.execute(SCHEMA)
    build = last_build(connection)
    if build is None:
        return
    connection.execute("begin")
    for suite in {(check.tool, check.suite) for check in checks}:
        connection.execute("delete from audit.checks where tool = ? and suite = ?", suite)
    _insert(connection, build.build_id, checks)
    connection.execute("commit")


def _insert(connection: DuckDBPyConnection, build_id: str, checks: Iterable[CheckRecord]) -> None:
    rows = [(build_id, *astuple(check)) for check in checks]
    if rows:
        connection.executemany("insert into audit.checks values (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def last_build(connection: DuckDBPyConnection) -> Build | None:
    """The build that stands in the warehouse; None before the first."""
    if not _exists(connection):
        return None
    row = connection.execute(
        "select build_id, succeeded, code_fingerprint, codebook_fingerprint from audit.builds"
    ).fetchone()
    return Build(*row) if row else None


def objections(connection: DuckDBPyConnection, required_suites: Iterable[str]) -> list[str]:
    """Why the build may not be published, one sentence a reason; none where it may.

    A check that failed or could not run objects when it blocks, and so does a suite that has said
    nothing of this build: silence is not consent.
    """
    build = last_build(connection)
    if build is None:
        return ["Nothing has been built yet."]
    reasons = [] if build.succeeded else ["The last build of the models did not finish."]
    reasons += [
        f"{tool}: {name} on {table} {'could not run' if status == 'error' else f'failed ({rows} rows)'}."
        for tool, name, table, status, rows in connection.execute(
            """
            select tool, name, table_name, status, failing_rows from audit.checks
            where blocks and status <> 'passed' order by all
            """
        ).fetchall()
    ]
    heard = {
        row[0]
        for row in connection.execute(
            "select distinct suite from audit.checks where build_id = ?", [build.build_id]
        ).fetchall()
    }
    reasons += [
        f"The suite {suite!r} has not been run on this build."
        for suite in required_suites
        if suite not in heard
    ]
    return reasons


def checks_of(connection: DuckDBPyConnection, tool: str) -> list[CheckRecord]:
    """What the checks of a tool said of the last build; none before the first."""
    if not _exists(connection):
        return []
    rows = connection.execute(
        """
        select tool, suite, name, table_name, status, blocks, failing_rows from audit.checks
        where tool = ? order by all
        """,
        [tool],
    ).fetchall()
    return [CheckRecord(*row) for row in rows]


def check_counts(connection: DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """How many checks passed, failed and could not run on the last build, by tool."""
    counts: dict[str, dict[str, int]] = {}
    for tool, status, count in connection.execute(
        "select tool, status, count(*) from audit.checks group by all order by all"
    ).fetchall():
        counts.setdefault(tool, {})[status] = count
    return counts


def _exists(connection: DuckDBPyConnection) -> bool:
    return bool(
        connection.execute(
            "select 1 from duckdb_tables() where schema_name = 'audit' and table_name = 'builds'"
        ).fetchone()
    )
