"""What readers are promised: a publication that is whole, audited and never half new.

What belongs here: publishing a small warehouse made by hand. What does not: what the marts hold,
which the models and their checks decide.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from textwrap import dedent

import duckdb
import pyarrow.parquet as pq
import pytest

from orchestration import audit
from orchestration.deliveries.errors import WarehouseBusy
from orchestration.publishing import candidate
from orchestration.publishing.candidate import CONTRACT_VERSION, PublishingError
from orchestration.publishing.publication import Manifest, publish, published_manifest
from orchestration.settings import Settings
from tests.small_marts import (
    CHECKS,
    FILES,
    PASSED,
    TABLES,
    build,
    build_ids_seen,
    marts_file,
    small_marts,
    what_readers_see,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home whose warehouse has small marts that every suite has passed."""
    return small_marts(tmp_path)


def means(connection: duckdb.DuckDBPyConnection) -> object:
    return connection.execute("select sum(mean) from marts.item_results").fetchone()


def rows_of(folder: Path, table: str) -> list[tuple[object, ...]]:
    place = (folder / f"{table}.parquet").as_posix()
    return sorted(duckdb.read_parquet(place).fetchall(), key=repr)


# What is published


def test_readers_find_the_marts_as_they_were_audited(settings: Settings) -> None:
    publish(settings)

    with duckdb.connect(settings.warehouse, read_only=True) as warehouse:
        audited = {name: warehouse.execute(f'from marts."{name}"').fetchall() for name in TABLES}
        types = {name: warehouse.execute(f'describe marts."{name}"').fetchall() for name in TABLES}
    with duckdb.connect(marts_file(settings), read_only=True) as published:
        for name in TABLES:
            relation = published.execute(f'from marts."{name}"')
            assert relation.fetchall() == audited[name]
            described = published.execute(f'describe marts."{name}"').fetchall()
            assert [row[:2] for row in described] == [row[:2] for row in types[name]]
    for name in TABLES:
        assert rows_of(settings.published / "parquet", name) == sorted(audited[name], key=repr)


def test_the_file_has_the_marts_and_nothing_about_a_respondent(settings: Settings) -> None:
    publish(settings)

    with duckdb.connect(marts_file(settings), read_only=True) as published:
        found = published.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        views = published.execute("select view_name from duckdb_views() where not internal")
        assert sorted(found) == sorted(("main", name) for name in (*TABLES, "publication"))
        assert views.fetchall() == []
    assert {path.name for path in (settings.published / "parquet").iterdir()} == {
        f"{name}.parquet" for name in TABLES
    }


def test_a_table_has_the_same_name_in_the_warehouse_and_where_it_is_published(
    settings: Settings,
) -> None:
    """`marts.item_results`: the schema there, the file's own name here, attached or not."""
    publish(settings)

    with duckdb.connect() as other:
        other.execute(f"attach '{marts_file(settings)}' (read_only)")
        assert other.execute("select count(*) from marts.item_results").fetchone() == (1000,)


def test_tables_and_columns_keep_their_descriptions(settings: Settings) -> None:
    publish(settings)

    with duckdb.connect(marts_file(settings), read_only=True) as published:
        tables = published.execute(
            "select table_name, comment from duckdb_tables() where comment is not null"
        ).fetchall()
        columns = published.execute(
            "select column_name, comment from duckdb_columns() where comment is not null"
        ).fetchall()
    assert ("dim_waves", """One row per wave; it's "loaded".""") in tables
    assert sorted(columns) == [("mean", "The mean."), ("wave_id", "The wave's id.")]


def test_the_manifest_says_what_this_is_and_what_it_stands_on(settings: Settings) -> None:
    manifest = publish(settings)

    assert manifest == published_manifest(settings)
    assert manifest["build"] == "build-1"
    assert (manifest["code_fingerprint"], manifest["codebook_fingerprint"]) == ("code", "codebook")
    assert manifest["contract_version"] == CONTRACT_VERSION
    assert manifest["survey"] == {"survey_id": "tiny", "label": "Tiny"}
    assert manifest["waves"] == [
        {
            "wave_id": "2022",
            "revision": 1,
            "sha256": "aaa",
            "respondents": 40,
            "is_synthetic": True,
        },
        {
            "wave_id": "2024",
            "revision": 3,
            "sha256": "bbb",
            "respondents": 50,
            "is_synthetic": False,
        },
    ]
    assert manifest["checks"] == {"dbt": {"passed": 1}, "great_expectations": {"passed": 2}}
    assert {name: table["rows"] for name, table in manifest["tables"].items()} == {
        "dim_waves": 2,
        "item_results": 1000,
        "odd name": 0,
    }


def test_the_manifest_has_the_checksum_of_each_parquet_file(settings: Settings) -> None:
    manifest = publish(settings)

    assert {name: table["parquet_sha256"] for name, table in manifest["tables"].items()} == {
        name: sha256((settings.published / "parquet" / f"{name}.parquet").read_bytes()).hexdigest()
        for name in TABLES
    }


def test_manifest_and_file_say_the_same_build(settings: Settings) -> None:
    manifest = publish(settings)

    assert build_ids_seen(settings) == {manifest["build_id"]}
    assert (settings.published / "current").resolve().name == manifest["build_id"]


def test_nobody_can_write_to_what_is_published(settings: Settings) -> None:
    """A tool that opened the file for writing would lock out every other reader."""
    before = os.umask(0o077)
    try:
        publish(settings)
    finally:
        os.umask(before)

    files = [path for path in settings.published.resolve().rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o444}


def test_others_than_the_owner_can_read_what_is_published(settings: Settings) -> None:
    before = os.umask(0o077)
    try:
        publish(settings)
    finally:
        os.umask(before)

    folders = [path for path in settings.published.rglob("*") if path.is_dir()]
    assert {
        path.name: oct(stat.S_IMODE(path.stat().st_mode))
        for path in (settings.published, *folders)
        if stat.S_IMODE(path.stat().st_mode) != 0o755
    } == {}


def test_older_readers_open_the_files(settings: Settings) -> None:
    """DuckDB's default storage, which its releases before this one read too; plain Parquet."""
    publish(settings)

    with duckdb.connect(marts_file(settings), read_only=True) as published:
        row = published.execute("select tags from duckdb_databases() where not internal").fetchone()
    assert row is not None
    assert "v1.0.0" in row[0]["storage_version"]
    assert pq.read_table(settings.published / "parquet" / "item_results.parquet").num_rows == 1000


# What may not be published


def failing(settings: Settings) -> None:
    build(settings, "build-2", "", replace(CHECKS[2], status="failed", failing_rows=4))


def not_run(settings: Settings) -> None:
    build(settings, "build-2", "", replace(CHECKS[1], status="error"))


def failing_in_dbt(settings: Settings) -> None:
    build(settings, "build-2", "", replace(PASSED, status="failed", failing_rows=1))


def suite_missing(settings: Settings) -> None:
    with duckdb.connect(settings.warehouse) as connection:
        connection.execute("delete from audit.checks where suite = 'marts'")


def unfinished(settings: Settings) -> None:
    with duckdb.connect(settings.warehouse) as connection:
        audit.begin_build(connection, "code")


def failed_build(settings: Settings) -> None:
    with duckdb.connect(settings.warehouse) as connection:
        connection.execute("update audit.builds set succeeded = false")


def never_built(settings: Settings) -> None:
    with duckdb.connect(settings.warehouse) as connection:
        connection.execute("drop schema audit cascade")


def no_warehouse(settings: Settings) -> None:
    settings.warehouse.unlink()


OBJECTIONS: list[tuple[Callable[[Settings], None], str]] = [
    (failing, r"shares on dim_waves failed \(4 rows\)"),
    (not_run, "weights on dim_waves could not run"),
    (failing_in_dbt, r"dbt: unique on dim_waves failed \(1 rows\)"),
    (suite_missing, "'marts' has not been run on this build"),
    (unfinished, "did not finish"),
    (failed_build, "did not finish"),
    (never_built, "Nothing has been built yet"),
    (no_warehouse, "Nothing has been built yet"),
]


@pytest.mark.parametrize(
    ("damage", "reason"), [pytest.param(*case, id=case[0].__name__) for case in OBJECTIONS]
)
def test_what_the_audit_objects_to_stays_away_from_readers(
    settings: Settings, damage: Callable[[Settings], None], reason: str
) -> None:
    publish(settings)
    before = what_readers_see(settings)
    damage(settings)

    with pytest.raises(PublishingError, match=reason):
        publish(settings)

    assert what_readers_see(settings) == before
    assert before.keys() == set(FILES)


def test_a_report_that_cannot_be_made_leaves_readers_what_they_had(settings: Settings) -> None:
    publish(settings)
    before = what_readers_see(settings)
    build(settings, "build-2", "alter table marts.dim_waves drop source")

    with pytest.raises(PublishingError, match=r"readers keep what they have.*source"):
        publish(settings)

    assert what_readers_see(settings) == before
    assert not list((settings.published / "builds").glob(".*"))


def test_nothing_appears_where_nothing_may_be_published(settings: Settings) -> None:
    failing(settings)

    with pytest.raises(PublishingError, match="readers keep what they have"):
        publish(settings)

    assert published_manifest(settings) is None
    assert what_readers_see(settings) == {}


def test_a_warning_is_published_and_counted(settings: Settings) -> None:
    warned = replace(CHECKS[2], name="drift", status="failed", blocks=False, failing_rows=1)
    build(settings, "build-2", "", warned)

    assert publish(settings)["checks"]["great_expectations"] == {"failed": 1, "passed": 2}


def test_a_warehouse_that_is_being_written_is_waited_for_by_its_name(settings: Settings) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS_WAREHOUSE, str(settings.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(WarehouseBusy, match="in use by"):
            publish(settings)
        holder.communicate()


HOLDS_WAREHOUSE = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1])
print("held", flush=True)
sys.stdin.read()
"""


# The switch


def test_a_reader_keeps_the_data_that_it_opened_and_the_next_sees_the_new(
    settings: Settings,
) -> None:
    publish(settings)
    with duckdb.connect(marts_file(settings), read_only=True) as reader:
        before = means(reader)
        for number in range(2, 6):
            build(settings, f"build-{number}", "update marts.item_results set mean = mean + 1")
            publish(settings)

        assert means(reader) == before
        assert reader.execute("select count(*) from marts.item_results").fetchone() == (1000,)

    with duckdb.connect(marts_file(settings), read_only=True) as reader:
        assert means(reader) != before


def test_a_new_build_brings_new_tables_and_takes_old_ones_away(settings: Settings) -> None:
    publish(settings)
    build(
        settings,
        "build-2",
        'create table marts.trends as select 1 as one; drop table marts."odd name"',
    )

    tables = set(publish(settings)["tables"])

    assert tables == {"dim_waves", "item_results", "trends"}
    assert {path.stem for path in (settings.published / "parquet").iterdir()} == tables


def test_the_same_build_can_be_published_again_at_once(settings: Settings) -> None:
    first, second = publish(settings), publish(settings)

    assert first["build"] == second["build"] == "build-1"
    assert build_ids_seen(settings) == {second["build_id"]}


def test_two_builds_are_kept_and_older_ones_cleared_away(settings: Settings) -> None:
    shown: list[Manifest] = []
    for number in range(2, 6):
        build(settings, f"build-{number}")
        shown.append(publish(settings))

    assert {path.name for path in (settings.published / "builds").iterdir()} == {
        manifest["build_id"] for manifest in shown[-2:]
    }


def test_published_files_do_not_grow_by_publishing_again(settings: Settings) -> None:
    publish(settings)
    before = marts_file(settings).stat().st_size
    for _ in range(3):
        publish(settings)

    assert marts_file(settings).stat().st_size == before


# Faults


PUBLISHES = """
    import os, resource, signal, sys
    from pathlib import Path
    from orchestration.publishing import candidate, publication
    from orchestration.settings import Settings

    def die(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)

    def die_instead_of(owner, name, *, times=1):
        real, calls = getattr(owner, name), []
        def counted(*arguments, **keywords):
            calls.append(name)
            return die() if len(calls) == times else real(*arguments, **keywords)
        setattr(owner, name, counted)

    {fault}
    publication.publish(Settings.from_environment())
"""

KILLED = {
    "before the first table": "die_instead_of(candidate, '_write_table')",
    "between two tables": "die_instead_of(candidate, '_write_table', times=2)",
    "before the report": "die_instead_of(publication, 'add_report')",
    "between two pages": "die_instead_of(Path, 'write_text', times=2)",
    "before the manifest": "die_instead_of(publication.json, 'dumps')",
    "before the build is in its place": "die_instead_of(Path, 'rename')",
    "before the switch": "die_instead_of(Path, 'replace')",
    "before old builds are cleared away": "die_instead_of(publication, '_prune')",
}


def publish_in_a_process_of_its_own(settings: Settings, fault: str) -> int:
    """Publish with a fault; gives the exit code, which is negative where it was killed."""
    code = dedent(PUBLISHES).format(fault=fault)
    environment = {"PATH": os.environ["PATH"], **settings.environment}
    return subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=False
    ).returncode


@pytest.mark.parametrize("fault", KILLED.values(), ids=KILLED)
def test_a_killed_publication_shows_the_old_or_the_new_and_the_next_finishes_the_work(
    settings: Settings, fault: str
) -> None:
    old = publish(settings)
    before = what_readers_see(settings)
    build(settings, "build-2", "update marts.item_results set mean = mean + 1")

    assert publish_in_a_process_of_its_own(settings, fault) == -signal.SIGKILL

    has_switched = fault == KILLED["before old builds are cleared away"]
    assert (build_ids_seen(settings) != {old["build_id"]}) == has_switched
    assert (what_readers_see(settings) != before) == has_switched
    assert len(build_ids_seen(settings)) == 1
    assert_published_whole(settings, publish(settings))


@pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
def test_a_killed_first_publication_is_finished_by_the_next(settings: Settings, times: int) -> None:
    """Killed before each of its links is in place."""
    fault = f"die_instead_of(Path, 'replace', times={times})"
    assert publish_in_a_process_of_its_own(settings, fault) == -signal.SIGKILL

    assert_published_whole(settings, publish(settings))


def assert_published_whole(settings: Settings, manifest: Manifest) -> None:
    assert build_ids_seen(settings) == {manifest["build_id"]}
    assert what_readers_see(settings).keys() == set(FILES)
    assert not list((settings.published / "builds").glob(".*"))
    assert {path.name for path in settings.published.iterdir()} == {
        "builds",
        "current",
        "manifest.json",
        "marts.duckdb",
        "parquet",
        "report",
    }


def test_what_is_no_build_does_not_get_in_the_way(settings: Settings) -> None:
    """Systems leave files of their own in folders that are looked at."""
    builds = settings.published / "builds"
    (builds / ".20260101T000000Z-dead" / "parquet").mkdir(parents=True)
    (builds / ".20260101T000000Z-dead" / "marts.duckdb").write_bytes(b"half")
    (builds / ".directory").write_bytes(b"")

    manifests = [publish(settings) for _ in range(3)]

    assert {path.name for path in builds.iterdir()} == {
        ".directory",
        *(manifest["build_id"] for manifest in manifests[-2:]),
    }


def test_a_build_is_on_the_disk_before_readers_are_pointed_at_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a power cut would leave of the rest is not worth pointing at."""
    real, written = os.fsync, set()

    def fsync(opened: int) -> None:
        assert not (settings.published / "current").exists()
        written.add(os.fstat(opened).st_ino)
        real(opened)

    monkeypatch.setattr(os, "fsync", fsync)
    publish(settings)

    build = (settings.published / "current").resolve()
    paths = (build.parent, build, *build.rglob("*"))
    assert {path.name for path in paths if path.stat().st_ino not in written} == set()


@pytest.mark.parametrize("limit", [20_000, 200_000], ids=["its log", "the file"])
def test_a_disk_that_fills_up_leaves_readers_what_they_had(settings: Settings, limit: int) -> None:
    """A real limit on the size of a file, which the new marts run into, or only when they are closed."""
    publish(settings)
    before = what_readers_see(settings)
    build(settings, "build-2", "insert into marts.item_results from marts.item_results")
    limited = f"""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
    """
    told = (
        "sys.excepthook = lambda kind, *_: os._exit(7 if kind.__name__ == 'PublishingError' else 8)"
    )
    fault = "\n".join(line.strip() for line in [*limited.splitlines(), told])

    assert publish_in_a_process_of_its_own(settings, fault) == 7

    assert what_readers_see(settings) == before
    assert len(list((settings.published / "builds").iterdir())) == 1


def test_a_manifest_that_cannot_be_written_leaves_readers_what_they_had(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    publish(settings)
    before = what_readers_see(settings)
    build(settings, "build-2", "update marts.item_results set mean = mean + 1")
    monkeypatch.setattr(Path, "write_text", full)

    with pytest.raises(PublishingError, match="No space left on device"):
        publish(settings)

    assert what_readers_see(settings) == before
    assert len(list((settings.published / "builds").iterdir())) == 1


@pytest.mark.parametrize("loss", ["a row", "a value", "a table"])
def test_a_file_that_is_not_what_was_audited_is_never_shown(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, loss: str
) -> None:
    real = candidate._write_table

    def lossy(connection: duckdb.DuckDBPyConnection, name: str, folder: Path) -> None:
        if name == "item_results":
            real(connection, name, folder)
            match loss:
                case "a row":
                    connection.execute(f"delete from publication.{name} where item_id = 'V7'")
                case "a value":
                    connection.execute(
                        f"update publication.{name} set mean = 0 where item_id = 'V7'"
                    )
                case "a table":
                    connection.execute(f"drop table publication.{name}")
        else:
            real(connection, name, folder)

    publish(settings)
    before = what_readers_see(settings)
    monkeypatch.setattr(candidate, "_write_table", lossy)

    with pytest.raises(PublishingError, match="item_results"):
        publish(settings)

    assert what_readers_see(settings) == before


def test_the_manifest_is_readable_by_any_program(settings: Settings) -> None:
    publish(settings)

    text = (settings.published / "manifest.json").read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert json.loads(text)["tables"]
