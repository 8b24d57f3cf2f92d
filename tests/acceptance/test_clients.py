"""Each program that people read the published tables with is started, and finds what is published.

What belongs here: what holds for all of them, and their catalogues. What does not: how each is opened,
which `tests.clients` says.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from hashlib import sha256
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.publication import publish
from tests.acceptance.conftest import Warehouse
from tests.clients import (
    CLIENTS,
    DUCKDB,
    SQL_CLIENTS,
    Refused,
    blocks,
    catalogue,
    plain,
    published_catalogue,
    read,
)
from tests.faults.reading import Answer, read_while_publishing
from tests.faults.works import context
from tests.small_marts import build, build_ids_seen, marts_file, small_marts

pytestmark = pytest.mark.slow

TABLES = (
    *("item_results", "theme_results", "response", "trends", "findings", "public_values_by_role"),
    *("dim_waves", "dim_items", "dim_groups", "dim_organisations"),
)
WRITING = (
    "delete from item_results",
    "update response set returned = 0",
    "drop table findings",
    "create table mine (answer integer)",
)


@pytest.fixture(params=CLIENTS)
def client(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if name == "command line" and not DUCKDB.exists():
        pytest.skip("the package duckdb-cli is not installed")
    return name


@pytest.fixture
def apart() -> Iterator[ProcessPoolExecutor]:
    """A process of its own: in one process, DuckDB shares what it has open, and its locks."""
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as process:
        yield process


def test_every_client_reads_every_figure_as_it_is_published(
    client: str, sample: Warehouse, apart: ProcessPoolExecutor
) -> None:
    found = apart.submit(read, client, sample.home / "published", TABLES).result()
    with sample.published() as marts:
        for name in TABLES:
            rows = marts.execute(f"from {name}").fetchall()
            assert rows, name
            assert Counter(found[name]) == Counter(tuple(map(plain, row)) for row in rows), name


def test_what_is_hidden_is_null_to_every_client(
    client: str, sample: Warehouse, apart: ProcessPoolExecutor
) -> None:
    (rows,) = apart.submit(read, client, sample.home / "published", ["response"]).result().values()
    with sample.published() as marts:
        names = [column[0] for column in marts.execute("from response").description]
    hidden = [
        dict(zip(names, row, strict=True)) for row in rows if row[names.index("is_suppressed")]
    ]
    assert hidden
    for row in hidden:
        assert row["suppression_reason"]
        assert (row["returned"], row["usable"], row["coverage"]) == (None, None, None)


def refusals(client: str, file: Path) -> list[str]:
    """What the client says to each attempt to write."""
    said = []
    for statement in WRITING:
        try:
            list(SQL_CLIENTS[client](file, [statement]))
        except Refused as refused:
            said.append(str(refused))
    return said


@pytest.mark.parametrize("client", SQL_CLIENTS, indirect=True)
def test_no_client_can_write(client: str, sample: Warehouse, apart: ProcessPoolExecutor) -> None:
    file = sample.home / "published" / "marts.duckdb"
    before = sha256(file.read_bytes()).digest()
    said = apart.submit(refusals, client, file).result()
    assert len(said) == len(WRITING)
    assert all("read-only" in told for told in said), said
    assert sha256(file.read_bytes()).digest() == before
    assert not file.resolve().with_name("marts.duckdb.wal").exists()


def across_a_publication(
    client: str, file: Path, opened: Event, published: Event, builds: Connection
) -> None:
    """Send the build that the client sees before a publication, and after it on the same connection."""

    def statements() -> Iterator[str]:
        yield "select build_id from publication"
        opened.set()
        assert published.wait(timeout=60)
        yield "select build_id from publication"

    builds.send([rows[0][0] for rows in SQL_CLIENTS[client](file, statements())])


@pytest.mark.parametrize("client", SQL_CLIENTS, indirect=True)
def test_an_open_client_is_in_nobodys_way_and_keeps_its_build(client: str, tmp_path: Path) -> None:
    settings = small_marts(tmp_path)
    publish(settings)
    file = marts_file(settings)
    opened, published = context.Event(), context.Event()
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(
        target=across_a_publication, args=(client, file, opened, published, sender)
    )
    process.start()
    assert opened.wait(timeout=60)
    with duckdb.connect(file, read_only=True) as another:
        assert another.execute("select count(*) from item_results").fetchone() == (1000,)
    build(settings, "build-2", "update marts.dim_waves set respondents = respondents + 7")
    publish(settings)
    published.set()
    assert receiver.poll(timeout=60)
    before, after = receiver.recv()
    process.join()
    assert before == after
    assert before not in build_ids_seen(settings)


def figures(client: str, file: Path) -> Sequence[Answer]:
    """What `tests.faults.reading` asks, of the tables that the client reads."""
    tables = read(client, file.parent, ["publication", "item_results", "dim_waves"])
    means = sum(row[2] for row in tables["item_results"])
    return [
        (tables["publication"][0][0], round(means, 3), sum(row[3] for row in tables["dim_waves"]))
    ]


def test_all_clients_at_once_meet_one_build_each_while_others_are_published(tmp_path: Path) -> None:
    if not DUCKDB.exists():
        pytest.skip("the package duckdb-cli is not installed")
    readers = [partial(figures, client) for client in CLIENTS]

    heard = read_while_publishing(tmp_path, readers, publications=5)

    assert heard.errors == ()
    assert heard.mixed == 0
    assert heard.builds > 3, "the readers met the publications"
    assert heard.fewest >= 5, "every reader was answered before each publication"


# Catalogues


def test_sqlalchemy_names_every_table_and_column_with_its_description(sample: Warehouse) -> None:
    import sqlalchemy

    file = sample.home / "published" / "marts.duckdb"
    engine = sqlalchemy.create_engine(f"duckdb:///{file}", connect_args={"read_only": True})
    try:
        found = catalogue(engine, None)
    finally:
        # Before the same process opens the file otherwise, which DuckDB refuses.
        engine.dispose()
    with sample.published() as marts:
        assert found == published_catalogue(marts)


@pytest.mark.parametrize("number", range(3))
def test_what_the_page_for_programs_says_runs(
    number: int, sample: Warehouse, tmp_path: Path
) -> None:
    (tmp_path / "data").symlink_to(sample.home)
    code = blocks("drivers.md", "python")[number]
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


def test_harlequin_shows_the_tables_and_the_answer_to_a_query(
    sample: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    sql = "select wave_id, returned from response where breakdown = 'total' order by wave_id"
    with sample.published() as marts:
        expected = [[str(cell) for cell in row] for row in marts.execute(sql).fetchall()]
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as process:
        shown = process.submit(
            shown_by_harlequin, sample.home / "published" / "marts.duckdb", sql
        ).result()
    assert shown == expected


def shown_by_harlequin(file: Path, sql: str) -> list[list[str]]:
    """The rows on Harlequin's screen after the query was typed and run."""
    from harlequin import Harlequin
    from harlequin_duckdb import DuckDbAdapter

    async def typed() -> list[list[str]]:
        app = Harlequin(adapter=DuckDbAdapter([str(file)], read_only=True, no_init=True))
        async with app.run_test(size=(120, 40)) as pilot:
            async with asyncio.timeout(60):
                while app.connection is None or app.editor is None:
                    await pilot.pause(0.1)
                app.editor.text = sql
                await pilot.press("ctrl+j")
                while (table := app.results_viewer.get_visible_table()) is None:
                    await pilot.pause(0.1)
            return [
                [str(cell) for cell in table.get_row_at(place)] for place in range(table.row_count)
            ]

    return asyncio.run(typed())
