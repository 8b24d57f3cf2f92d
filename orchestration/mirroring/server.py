"""The server: its address, which holds a password, and a connection to it.

What belongs here: that no password gets out of it by an error. What does not: what is written there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from orchestration.errors import VakwerkError
from orchestration.secret_settings import secret

if TYPE_CHECKING:
    from psycopg import Connection

POSTGRES_URL = "VAKWERK_POSTGRES_URL"
SCHEMES = ("postgres://", "postgresql://")
CONNECT_SECONDS = 10
NOT_UNDERSTOOD = (
    "The address of the Postgres server is not understood: write it as "
    "postgresql://user:password@host:5432/database, with special characters in user and password "
    "as %40."
)


class MirrorError(VakwerkError):
    """The marts cannot be mirrored; the message says why, and never holds a password."""


def configured_url(environment: Mapping[str, str] = os.environ) -> str | None:
    """The address that `VAKWERK_POSTGRES_URL` holds, or the file that `VAKWERK_POSTGRES_URL_FILE`
    names; None where neither is set. Raises MirrorError where the file cannot be read.
    """
    try:
        return secret(POSTGRES_URL, environment)
    except (OSError, UnicodeDecodeError) as error:
        raise MirrorError(
            f"The file that {POSTGRES_URL}_FILE names cannot be read ({type(error).__name__}): "
            "name one that holds the address of the Postgres server and that this user may read."
        ) from None


@contextmanager
def connected(url: str) -> Iterator[Connection[tuple[Any, ...]]]:
    """A connection in a transaction, committed at the end; what fails in it is rolled back.

    Raises MirrorError for an address that is not understood, a server that cannot be reached or
    refuses, and whatever the server objects to later. Needs the extra `vakwerk[postgres]`.
    """
    try:
        import psycopg
    except ImportError:
        raise MirrorError(
            "Mirroring needs a driver for Postgres: install vakwerk[postgres]."
        ) from None
    options = _options(url)
    # Neither error is the cause of what is raised: a cause is shown with its words, unredacted.
    try:
        connection = psycopg.connect(**options)
    except psycopg.Error as error:
        said = _without_password(str(error), options)
        raise MirrorError(f"No connection to the Postgres server: {said}") from None
    try:
        with connection:
            yield connection
    except psycopg.Error as error:
        said = error.diag.message_primary or str(error)
        if error.diag.message_detail:
            said += f" ({error.diag.message_detail})"
        raise MirrorError(
            f"Not mirrored; readers of the server keep what they have: "
            f"{_without_password(said, options)}"
        ) from None


def _options(url: str) -> dict[str, Any]:
    """The parts of an address, as the driver takes them.

    An address that the driver would split in another place than was meant is refused, for its
    errors would quote a part of the password as a host or port.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    if not url.startswith(SCHEMES):
        raise MirrorError(NOT_UNDERSTOOD)
    try:
        options: dict[str, Any] = dict(conninfo_to_dict(url))
    except psycopg.Error:
        raise MirrorError(NOT_UNDERSTOOD) from None
    # A socket's folder is a host with slashes.
    host, database = str(options.get("host", "")), str(options.get("dbname", ""))
    ports = str(options.get("port", "")).replace(",", "")
    if "@" in host + database or "/" in database or (ports and not ports.isdecimal()):
        raise MirrorError(NOT_UNDERSTOOD)
    return {"connect_timeout": CONNECT_SECONDS, "application_name": "vakwerk"} | options


def _without_password(text: str, options: Mapping[str, Any]) -> str:
    password = options.get("password")
    return " ".join((text.replace(str(password), "***") if password else text).split())
