"""What readers of the Postgres mirror are promised: one build, whole, theirs to read and nobody else's.

What belongs here: mirroring a small publication made by hand. What does not: the sample waves,
whose figures `acceptance` compares.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Thread

import duckdb
import psycopg
import pytest
from psycopg import IsolationLevel
from psycopg.errors import InsufficientPrivilege

from orchestration.mirroring import swapping
from orchestration.mirroring.mirror import mirror
from orchestration.mirroring.roles import ANALYST, READER
from orchestration.mirroring.server import MirrorError, configured_url
from orchestration.settings import Settings
from tests.builders import settings_for
from tests.postgres import ADMINISTRATOR, PASSWORD, Server, postgres_server, rows

HOSTILE = 'a"; drop schema marts cascade; --'
WORDS = ["plain", "", None, "\\N", "a,b\nc", '"q"\'s', "\\", "é\u202e", "=cmd|' /c calc'!A1"]
FIGURES = [1 / 3, 5e-324, -1.7976931348623157e308, float("inf"), None, 0.1, -0.0, 1e15, 2.0]

SURVEYS = "create table publication as select '{build}' as build_id, 'tiny' as survey_id"
TABLES = """
    comment on table publication is 'Which build.';
    create table figures (build_id varchar, word varchar, figure double);
    comment on table figures is 'It''s "quoted" \\ here.';
    comment on column figures.figure is 'A figure; %s and {} are text.';
    create table kinds as select
        1::tinyint as tiny, 2::integer as whole, 3::bigint as big, 4.25::decimal(9, 3) as exact,
        true as yes, date '2022-06-30' as day, timestamp '2022-07-01 12:00:00.5' as moment,
        timestamptz '2022-07-01 12:00:00+00' as instant, ['a"b', null, '\\', 'c,d'] as words,
        [1, null]::bigint[] as numbers, []::double[] as empty, null::integer[] as none;
    create table empty (nothing integer);
"""

cases = count(1)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres_server() as running:
        yield running


@pytest.fixture
def url(server: Server) -> str:
    """An empty database of the test's own."""
    return server.new_database(f"leiden {next(cases)}")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home in which build 1 is published."""
    settings = settings_for(tmp_path)
    settings.published.mkdir(parents=True)
    publish(settings, "build 1")
    return settings


def publish(settings: Settings, build: str, *statements: str) -> None:
    """Publish another build, each table of which says which it is."""
    file = settings.published / "marts.duckdb"
    file.unlink(missing_ok=True)
    with duckdb.connect(file) as connection:
        connection.execute(SURVEYS.format(build=build))
        connection.execute(TABLES)
        connection.executemany(
            "insert into figures values (?, ?, ?)",
            [[build, *pair] for pair in zip(WORDS, FIGURES, strict=True)],
        )
        for statement in statements:
            connection.execute(statement)


def published(settings: Settings, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(settings.published / "marts.duckdb", read_only=True) as connection:
        return connection.execute(query).fetchall()


def for_user(url: str, user: str) -> str:
    """The same address for another user, all of whom have one password."""
    return url.replace(f"//{ADMINISTRATOR}:", f"//{user}:")


def schemas(url: str) -> set[str]:
    found = rows(url, "select nspname from pg_namespace where nspname not like 'pg\\_%'")
    return {row[0] for row in found} - {"information_schema", "public"}


@contextmanager
def reading(
    url: str, isolation: IsolationLevel = IsolationLevel.READ_COMMITTED
) -> Iterator[psycopg.Connection]:
    """A reader whose transaction stays open, and has seen which build there is."""
    with psycopg.connect(url) as connection:
        connection.isolation_level = isolation
        assert connection.execute("select build_id from marts.publication").fetchone()
        yield connection


# What is in it


@pytest.mark.parametrize("table", ["publication", "figures", "kinds", "empty"])
def test_every_value_arrives_as_it_was_published(settings: Settings, url: str, table: str) -> None:
    mirrored = mirror(settings, url)

    assert (mirrored.tables, mirrored.rows, mirrored.is_new) == (4, 11, True)
    ours = published(settings, f"from {table}")
    theirs = rows(url, f"select * from marts.{table}")
    assert sorted(map(repr, map(plain, theirs))) == sorted(map(repr, map(plain, ours)))


def plain(row: tuple[object, ...]) -> list[object]:
    """The values of a row; a moment as the seconds since an epoch, whatever its zone is called."""
    return [value.timestamp() if hasattr(value, "timestamp") else value for value in row]


def test_types_are_the_plain_ones(settings: Settings, url: str) -> None:
    mirror(settings, url)

    kinds = rows(
        url,
        "select attname, format_type(atttypid, atttypmod) from pg_attribute "
        "where attrelid = 'marts.kinds'::regclass and attnum > 0 order by attnum",
    )
    assert dict(kinds) == {
        "tiny": "smallint",
        "whole": "integer",
        "big": "bigint",
        "exact": "numeric(9,3)",
        "yes": "boolean",
        "day": "date",
        "moment": "timestamp without time zone",
        "instant": "timestamp with time zone",
        "words": "text[]",
        "numbers": "bigint[]",
        "empty": "double precision[]",
        "none": "integer[]",
    }


def test_tables_and_columns_keep_their_descriptions(settings: Settings, url: str) -> None:
    mirror(settings, url)

    described = rows(
        url,
        "select obj_description('marts.figures'::regclass), col_description('marts.figures'::regclass, 3)",
    )
    assert described == [('It\'s "quoted" \\ here.', "A figure; %s and {} are text.")]


def test_names_and_descriptions_are_text_and_no_statements(settings: Settings, url: str) -> None:
    name = HOSTILE.replace('"', '""')
    publish(
        settings,
        "build 1",
        f'create table "{name}" as select 7 as "{name}"',
        f"""comment on column "{name}"."{name}" is '{HOSTILE}'' %s'""",
    )
    mirror(settings, url)

    assert rows(url, f'select "{name}" from marts."{name}"') == [(7,)]
    assert rows(url, "select build_id from marts.publication") == [("build 1",)]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("create table odd as select {'a': 1} as record", "odd.record is STRUCT"),
        (f'create table odd as select 1 as "{"é" * 32}"', "longer than the 63 bytes"),
        ("create table odd as select 'a' || chr(0) as words", "invalid byte sequence"),
    ],
)
def test_what_postgres_cannot_hold_is_told_and_nothing_is_changed(
    settings: Settings, url: str, statement: str, told: str
) -> None:
    publish(settings, "build 2", statement)

    with pytest.raises(MirrorError, match=told):
        mirror(settings, url)
    assert schemas(url) == set()


# Builds


def test_the_same_build_again_changes_nothing_and_says_so(settings: Settings, url: str) -> None:
    mirror(settings, url)
    place = "select 'marts.figures'::regclass::oid, 'marts'::regnamespace::oid"
    before = rows(url, place)

    again = mirror(settings, url)

    assert not again.is_new
    assert str(again) == "The Postgres server shows build build 1 already."
    assert rows(url, place) == before
    assert schemas(url) == {"marts"}


def test_a_new_build_brings_new_tables_and_takes_old_ones_away(
    settings: Settings, url: str
) -> None:
    publish(settings, "build 1", "create table gone as select 1 as one")
    mirror(settings, url)
    publish(settings, "build 2", "create table come as select 2 as two")
    mirror(settings, url)

    found = rows(url, "select tablename from pg_tables where schemaname = 'marts' order by 1")
    assert [row[0] for row in found] == ["come", "empty", "figures", "kinds", "publication"]
    assert rows(url, "select distinct build_id from marts.figures") == [("build 2",)]
    assert schemas(url) == {"marts"}


@pytest.mark.parametrize(
    "isolation", [IsolationLevel.READ_COMMITTED, IsolationLevel.REPEATABLE_READ]
)
def test_a_reader_with_an_open_transaction_sees_one_build_across_a_publish(
    settings: Settings, url: str, isolation: IsolationLevel
) -> None:
    mirror(settings, url)
    publish(settings, "build 2")
    with reading(url, isolation) as reader:
        publisher = Thread(target=mirror, args=(settings, url))
        publisher.start()
        # By then it has tried to swap at least once.
        time.sleep(1.0)
        seen = reader.execute("select distinct build_id from marts.figures").fetchall()
        assert publisher.is_alive()
    publisher.join(timeout=20)

    assert seen == [("build 1",)]
    assert rows(url, "select distinct build_id from marts.figures") == [("build 2",)]


def test_a_snapshot_from_before_the_swap_finds_no_empty_tables(
    settings: Settings, url: str
) -> None:
    mirror(settings, url)
    publish(settings, "build 2")
    with psycopg.connect(url) as reader:
        reader.isolation_level = IsolationLevel.REPEATABLE_READ
        reader.execute("select 1")
        mirror(settings, url)
        assert reader.execute("select distinct build_id from marts.figures").fetchall() == [
            ("build 2",)
        ]


def test_queries_without_pause_meet_one_build_each_and_no_error(
    settings: Settings, url: str
) -> None:
    mirror(settings, url)
    over = Event()
    seen: list[list[tuple[str, ...]]] = []

    def read() -> None:
        query = "select distinct p.build_id, f.build_id from marts.publication p, marts.figures f"
        with psycopg.connect(url, autocommit=True) as connection:
            while not over.is_set():
                seen.append(connection.execute(query).fetchall())

    readers = [Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for number in range(2, 6):
            publish(settings, f"build {number}")
            mirror(settings, url)
    finally:
        over.set()
        for reader in readers:
            reader.join()

    assert len(seen) > 50
    assert all(len(found) == 1 and len(set(found[0])) == 1 for found in seen)
    assert len({found[0] for found in seen}) > 2


def test_a_reader_who_never_ends_a_transaction_is_named(settings: Settings, url: str) -> None:
    mirror(settings, url)
    publish(settings, "build 2")
    with reading(url) as reader:
        with pytest.raises(MirrorError) as told:
            mirror(settings, url, patience_seconds=0)
        assert f"process {reader.info.backend_pid} of {ADMINISTRATOR}" in str(told.value)
    assert rows(url, "select build_id from marts.publication") == [("build 1",)]


# What goes wrong


@pytest.mark.parametrize("step", ["make_roles", "grant_reading", "_wait_for_readers"])
def test_a_publish_that_fails_half_way_leaves_readers_what_they_had(
    settings: Settings, url: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    from orchestration.mirroring import roles

    mirror(settings, url)
    publish(settings, "build 2")

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(roles if step == "make_roles" else swapping, step, fail)
    with pytest.raises(KeyboardInterrupt):
        mirror(settings, url)

    assert rows(url, "select distinct build_id from marts.figures") == [("build 1",)]
    assert schemas(url) == {"marts"}


def test_a_publish_that_is_killed_leaves_readers_what_they_had_and_the_next_finishes(
    settings: Settings, url: str
) -> None:
    mirror(settings, url)
    publish(settings, "build 2")
    with reading(url):
        publisher = command(settings, {"VAKWERK_POSTGRES_URL": url})
        waits = "select 1 from pg_locks where not granted and mode = 'AccessExclusiveLock'"
        # It has copied everything, and waits for the reader.
        while publisher.poll() is None and not rows(url, waits):
            time.sleep(0.05)
        publisher.send_signal(signal.SIGKILL)
        assert publisher.wait() == -signal.SIGKILL
    assert rows(url, "select distinct build_id from marts.figures") == [("build 1",)]

    assert mirror(settings, url).is_new
    assert rows(url, "select distinct build_id from marts.figures") == [("build 2",)]
    assert schemas(url) == {"marts"}


def command(settings: Settings, secrets: dict[str, str]) -> subprocess.Popen[str]:
    """Mirror in a process of its own, by what the environment says."""
    code = """
from orchestration.mirroring.mirror import mirror
from orchestration.mirroring.server import configured_url
from orchestration.settings import Settings
mirror(Settings.from_environment(), configured_url())
"""
    environment = os.environ | settings.environment | secrets
    return subprocess.Popen([sys.executable, "-c", code], env=environment, text=True)


@pytest.mark.parametrize(
    "publication",
    [
        "",
        "create table marts.publication (build_id text, survey_id text); insert into marts.publication values ('x', 'other')",
    ],
)
def test_a_schema_that_is_no_mirror_of_the_survey_is_left_alone(
    settings: Settings, url: str, publication: str
) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(
            f"create schema marts; create table marts.theirs (x int); {publication}".encode()
        )

    with pytest.raises(MirrorError, match="another database"):
        mirror(settings, url)
    assert rows(url, "select count(*) from marts.theirs") == [(0,)]


def test_a_view_of_somebody_else_upon_the_mirror_is_not_dropped(
    settings: Settings, url: str
) -> None:
    mirror(settings, url)
    publish(settings, "build 2")
    with psycopg.connect(url) as connection:
        connection.execute("create view public.theirs as select * from marts.figures")

    with pytest.raises(MirrorError, match=r"view theirs depends on table marts\.figures"):
        mirror(settings, url)
    assert rows(url, "select distinct build_id from public.theirs") == [("build 1",)]


def test_nothing_published_is_told(tmp_path: Path, url: str) -> None:
    with pytest.raises(MirrorError, match="Nothing is published yet"):
        mirror(settings_for(tmp_path), url)


# Who may


def test_readers_read_and_nobody_else(settings: Settings, server: Server, url: str) -> None:
    mirror(settings, url)
    server.new_login("lezer", READER)
    server.new_login("analist", ANALYST)
    server.new_login("vreemde")
    with psycopg.connect(url) as connection:
        connection.execute("create schema private; create table private.answers (answer int)")
    publish(settings, "build 2")
    mirror(settings, url)

    for user in ("lezer", "analist"):
        assert rows(for_user(url, user), "select distinct build_id from marts.figures") == [
            ("build 2",)
        ]
        for statement in (
            "insert into marts.empty values (1) returning 1",
            "delete from marts.figures returning 1",
            "update marts.figures set figure = 0 returning 1",
            "drop table marts.figures",
            "create table marts.mine (x int)",
            "alter schema marts rename to ours",
            "select * from private.answers",
        ):
            with pytest.raises(InsufficientPrivilege):
                rows(for_user(url, user), statement)
    with pytest.raises(InsufficientPrivilege):
        rows(for_user(url, "vreemde"), "select * from marts.figures")
    for role in (READER, ANALYST):
        assert not rows(url, f"select 1 from pg_roles where rolname = '{role}' and rolcanlogin")


def test_defaults_that_open_new_tables_to_everybody_do_not_open_the_mirror(
    settings: Settings, server: Server, url: str
) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("alter default privileges grant all on tables to public")
        connection.execute("alter default privileges grant usage on schemas to public")
    mirror(settings, url)
    server.new_login("iemand")
    server.new_login("lezeres", READER)

    with pytest.raises(InsufficientPrivilege):
        rows(for_user(url, "iemand"), "select * from marts.figures")
    assert rows(url, "select has_schema_privilege('iemand', 'marts', 'usage')") == [(False,)]
    with pytest.raises(InsufficientPrivilege):
        rows(for_user(url, "lezeres"), "delete from marts.figures returning 1")


def test_a_login_that_owns_nothing_but_the_database_can_mirror(
    settings: Settings, server: Server, url: str
) -> None:
    mirror(settings, url)
    server.new_login("spiegel")
    server.new_database("van spiegel")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('alter database "van spiegel" owner to spiegel')

    assert mirror(settings, server.url("van spiegel", "spiegel")).is_new


# Secrets


def addresses(server: Server) -> dict[str, str]:
    return {
        "wrong password": server.url("postgres", password="ge/he@im"),
        "unknown database": server.url("nergens"),
        "closed port": "postgresql://u:ge%2Fhe%40im@127.0.0.1:1/x",
        "slash in the password": "postgresql://u:ge/he@im@127.0.0.1/x",
        "at sign in the password": "postgresql://u:ge@he@im@127.0.0.1/x",
        "unknown key": "postgresql://u:ge%2Fhe@127.0.0.1/x?passwort=geheim",
        "another scheme": "mysql://u:geheim@127.0.0.1/x",
    }


@pytest.mark.parametrize("fault", list(addresses(Server(1))))
def test_no_error_holds_a_password(
    settings: Settings, server: Server, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(MirrorError) as raised:
        mirror(settings, addresses(server)[fault])

    told = str(raised.value) + caplog.text
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    assert not [
        part for part in ("geheim", "ge/", "ge@", "ge%", "he@im", "@im", PASSWORD) if part in told
    ]
    assert "Postgres" in told


def test_the_address_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    place = tmp_path / "url"
    place.write_text("postgresql://u:p@h/x\n", encoding="utf-8")

    assert configured_url({"VAKWERK_POSTGRES_URL_FILE": str(place)}) == "postgresql://u:p@h/x"
    assert (
        configured_url({"VAKWERK_POSTGRES_URL": "postgresql://u:p@h/y"}) == "postgresql://u:p@h/y"
    )
    assert configured_url({}) is None
    with pytest.raises(MirrorError, match="VAKWERK_POSTGRES_URL_FILE"):
        configured_url({"VAKWERK_POSTGRES_URL_FILE": str(tmp_path / "gone")})
