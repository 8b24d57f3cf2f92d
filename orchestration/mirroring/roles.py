"""The roles: who may read the mirror.

`vakwerk_reader` reads the published marts. `vakwerk_analyst` is a member of it and may nothing
more: microdata are not mirrored. Neither can log in; a login is granted one of them. What belongs
here: these roles and their grants. What does not: logins and passwords, which are the server's.
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection, errors, sql

from orchestration.mirroring.server import MirrorError

READER = "vakwerk_reader"
ANALYST = "vakwerk_analyst"


def make_roles(connection: Connection[tuple[Any, ...]]) -> None:
    """Make the roles that are missing; raises MirrorError where the login may not."""
    found = {
        row[0]
        for row in connection.execute(
            "select rolname from pg_roles where rolname in (%s, %s)", [READER, ANALYST]
        )
    }
    try:
        for role in (READER, ANALYST):
            if role not in found:
                connection.execute(sql.SQL("create role {} nologin").format(sql.Identifier(role)))
        member = connection.execute("select pg_has_role(%s, %s, 'usage')", [ANALYST, READER])
        if not (member.fetchone() or [False])[0]:
            connection.execute(f"grant {READER} to {ANALYST}")
    except errors.InsufficientPrivilege:
        raise MirrorError(
            f"The login may not make the roles {READER} and {ANALYST}. Let an administrator run: "
            f"create role {READER}; create role {ANALYST}; grant {READER} to {ANALYST};"
        ) from None


def grant_reading(connection: Connection[tuple[Any, ...]], schema: str) -> None:
    """Let the readers, and nobody else but the owner, read a schema."""
    name, reader = sql.Identifier(schema), sql.Identifier(READER)
    for statement in (
        "revoke all on schema {schema} from public",
        "revoke all on all tables in schema {schema} from public",
        "grant usage on schema {schema} to {reader}",
        "grant select on all tables in schema {schema} to {reader}",
    ):
        connection.execute(sql.SQL(statement).format(schema=name, reader=reader))
