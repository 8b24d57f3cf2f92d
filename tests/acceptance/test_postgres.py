"""What the sample waves publish is, figure by figure, what a reader of the Postgres mirror finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
import sqlalchemy

from orchestration.mirroring.roles import READER
from orchestration.sql import identifier
from tests.acceptance.conftest import Warehouse
from tests.clients import blocks, catalogue, published_catalogue
from tests.postgres import ADMINISTRATOR, Server, postgres_server, rows

pytestmark = pytest.mark.slow

COMMENTS = """
    select table_name, '', comment from duckdb_tables() where schema_name = 'main'
    union all
    select table_name, column_name, comment from duckdb_columns()
    where schema_name = 'main' and not internal
"""
DESCRIPTIONS = """
    select relname, coalesce(attname, ''), description
    from pg_class
    left join pg_attribute on attrelid = pg_class.oid and attnum >= 0 and not attisdropped
    left join pg_description on objoid = pg_class.oid and objsubid = attnum
    where relnamespace = 'marts'::regnamespace
    union all
    select relname, '', obj_description(oid) from pg_class where relnamespace = 'marts'::regnamespace
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres_server() as running:
        yield running


@pytest.fixture(scope="module")
def url(sample: Warehouse, server: Server) -> str:
    """A database to which the command has mirrored the sample waves."""
    url = server.new_database("waves")
    done = sample.vakwerk("publish", "--to", url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("Mirrored build ")
    again = sample.vakwerk("publish", "--to", url)
    assert "already" in again.stdout
    return url


@pytest.fixture
def reader(server: Server, url: str) -> Iterator[sqlalchemy.Connection]:
    """A BI tool's connection, with the rights of a reader and no others."""
    server.new_login("lezer", READER)
    address = url.replace(f"//{ADMINISTRATOR}:", "//lezer:")
    engine = sqlalchemy.create_engine(address.replace("postgresql:", "postgresql+psycopg:"))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def test_every_figure_is_the_one_that_is_published(sample: Warehouse, url: str) -> None:
    with sample.published() as marts:
        names = [row[0] for row in marts.execute("show tables").fetchall()]
        mirrored = rows(url, "select tablename from pg_tables where schemaname = 'marts'")
        assert {row[0] for row in mirrored} == set(names)
        for name in names:
            ours = Counter(marts.execute(f"from {identifier(name)}").fetchall())
            theirs = Counter(rows(url, f"select * from marts.{identifier(name)}"))
            assert ours == theirs, name


def test_every_description_is_the_one_that_is_published(sample: Warehouse, url: str) -> None:
    with sample.published() as marts:
        ours = set(marts.execute(COMMENTS).fetchall())
    assert len(ours) > 1000
    assert ours == set(rows(url, DESCRIPTIONS))


def test_a_reader_finds_the_catalogue_and_the_answers_of_the_published_file(
    sample: Warehouse, reader: sqlalchemy.Connection
) -> None:
    with sample.published() as marts:
        ours = published_catalogue(marts)
        assert catalogue(reader.engine, "marts") == ours
        columns = "from information_schema.columns where table_schema = 'marts'"
        named = reader.execute(sqlalchemy.text(f"select table_name, column_name {columns}"))
        assert {tuple(row) for row in named} == {
            (table, name) for table, (_, described) in ours.items() for name, _ in described
        }
        for sql in blocks("README.md", "sql"):
            expected = marts.execute(sql).fetchall()
            assert expected
            theirs = reader.execute(sqlalchemy.text(sql))
            assert [tuple(row) for row in theirs] == expected
