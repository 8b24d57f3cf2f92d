"""A Postgres server of the tests' own, from the programs that Debian's package brings.

What belongs here: starting and stopping one, in a folder of its own, and connecting to it. What
does not: what a mirror should hold.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

ADMINISTRATOR = "beheerder"
# One that has to be quoted in an address, and is found nowhere by chance.
PASSWORD = "p4ss/w@rd:from tests%"


@dataclass(frozen=True)
class Server:
    """A running server, and the port on loopback that it listens on."""

    port: int

    def url(
        self,
        database: str,
        user: str = ADMINISTRATOR,
        password: str = PASSWORD,
        host: str = "127.0.0.1",
    ) -> str:
        """The address of a database for a user."""
        return (
            f"postgresql://{user}:{quote(password, safe='')}@{host}:{self.port}/{quote(database)}"
        )

    def new_database(self, name: str) -> str:
        """Make an empty database; its address for the administrator."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(
                psycopg.sql.SQL("create database {}").format(psycopg.sql.Identifier(name))
            )
        return self.url(name)

    def new_login(self, name: str, *roles: str) -> None:
        """Make a login that is a member of these roles and nothing else."""
        with psycopg.connect(self.url("postgres")) as connection:
            connection.execute(
                psycopg.sql.SQL("create role {} login password {}").format(
                    psycopg.sql.Identifier(name), psycopg.sql.Literal(PASSWORD)
                )
            )
            for role in roles:
                connection.execute(f"grant {role} to {name}")


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a query finds, on a connection of its own."""
    with psycopg.connect(url) as connection:
        return connection.execute(query.encode()).fetchall()


@contextmanager
def postgres_server() -> Iterator[Server]:
    """A server that is gone at the end; the test is skipped where Debian's package is missing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.skip("Debian's package postgresql is not installed")
    programs = found[-1].parent
    # Under a folder of pytest the server's user, who must not be root, could not come.
    folder = Path(tempfile.mkdtemp(prefix="vakwerk_postgres_"))
    as_user: dict[str, Any] = {"cwd": folder, "check": True, "stdout": subprocess.DEVNULL}
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        as_user |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    try:
        data, secret = folder / "data", folder / "password"
        secret.write_text(PASSWORD, encoding="utf-8")
        initdb: list[str | Path] = [
            programs / "initdb",
            "--pgdata",
            data,
            "--username",
            ADMINISTRATOR,
        ]
        initdb += ["--auth", "scram-sha-256", "--pwfile", secret, "--encoding", "UTF8"]
        subprocess.run([*initdb, "--locale", "C", "--no-sync"], **as_user)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        control: list[str | Path] = [programs / "pg_ctl", "--pgdata", data, "--wait"]
        subprocess.run(
            [*control, "--log", folder / "log", "--options", options, "start"], **as_user
        )
        try:
            yield Server(port)
        finally:
            subprocess.run([*control, "--mode", "immediate", "stop"], **as_user)
    finally:
        shutil.rmtree(folder)
