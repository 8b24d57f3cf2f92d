"""Small marts made by hand, to be published, and what readers then see of them.

What belongs here: a warehouse that `publish` takes for one that was built and audited. What does not:
what the models make, and expectations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import duckdb

from orchestration import audit
from orchestration.audit import Build, CheckRecord
from orchestration.publishing.publication import published_manifest
from orchestration.settings import Settings
from tests.builders import settings_for

TABLES = ("dim_waves", "item_results", "odd name")
PAGES = ("index.html", "index.en.html", "method.html", "method.en.html")
FILES = (
    "marts.duckdb",
    "manifest.json",
    *(f"parquet/{name}.parquet" for name in TABLES),
    *(f"report/{name}" for name in (*PAGES, "report.css", "report.js")),
)

MARTS = """
    create schema marts;
    create schema staging;
    create schema codebook;

    create table codebook.survey as
    select 'tiny' as survey_id, 'Klein' as label_nl, 'Tiny' as label_en,
        10 as minimum_group_size, false as hold_corrections, 'A survey for tests' as description;

    create table marts.dim_waves (
        wave_id varchar not null, revision integer, sha256 varchar, respondents bigint,
        is_synthetic boolean, fieldwork_end date, loaded_at timestamp, label_nl varchar, label_en varchar,
        fieldwork_start date, source varchar
    );
    insert into marts.dim_waves values
        ('2022', 1, 'aaa', 40, true, '2022-06-30', '2022-07-01 12:00:00', 'toen', 'then', '2022-05-01', 'tests'),
        ('2024', 3, 'bbb', 50, false, null, null, 'nu', 'now', null, 'tests');
    comment on table marts.dim_waves is 'One row per wave; it''s "loaded".';
    comment on column marts.dim_waves.wave_id is 'The wave''s id.';

    create table marts.item_results (
        wave_id varchar, item_id varchar, mean double, respondents bigint, share decimal(9, 6)
    );
    insert into marts.item_results
    select '2022', 'V' || i, i / 7, if(i % 5 = 0, null, i), i / 1000
    from range(1000) as rows(i);
    comment on column marts.item_results.mean is 'The mean.';

    create table marts."odd name" ("select" varchar, "Größe" double);

    create table staging.stg_responses as select 'r0001' as respondent_key, 3 as V1;
"""

PASSED = CheckRecord("dbt", "dbt", "unique", "dim_waves", "passed", blocks=True, failing_rows=0)
CHECKS = (
    PASSED,
    replace(PASSED, tool="great_expectations", suite="staging", name="weights"),
    replace(PASSED, tool="great_expectations", suite="marts", name="shares"),
)


def small_marts(folder: Path) -> Settings:
    """A home below `folder` whose warehouse has small marts that every suite has passed."""
    settings = settings_for(folder)
    settings.home.mkdir()
    with duckdb.connect(settings.warehouse) as connection:
        connection.execute(MARTS)
    build(settings, "build-1")
    return settings


def build(settings: Settings, build_id: str, sql: str = "", *checks: CheckRecord) -> None:
    """Build anew, with this change to the marts, and run every suite, some checks replaced."""
    said = {(check.suite, check.name): check for check in (*CHECKS, *checks)}
    of_dbt = [check for check in said.values() if check.tool == "dbt"]
    others = [check for check in said.values() if check.tool != "dbt"]
    with duckdb.connect(settings.warehouse) as connection:
        audit.begin_build(connection, "code")
        connection.execute(sql)
        audit.record_build(connection, Build(build_id, True, "code", "codebook"), of_dbt)
        audit.record_checks(connection, others)


def marts_file(settings: Settings) -> Path:
    return settings.published / "marts.duckdb"


def what_readers_see(settings: Settings) -> Mapping[str, str]:
    """A checksum of each file that can be reached through the links, by its path."""
    paths = {name: settings.published / name for name in FILES}
    return {
        name: sha256(path.read_bytes()).hexdigest() for name, path in paths.items() if path.exists()
    }


def build_ids_seen(settings: Settings) -> set[object]:
    """The builds that the manifest and the DuckDB file say they are."""
    manifest = published_manifest(settings)
    with duckdb.connect(marts_file(settings), read_only=True) as connection:
        row = connection.execute("select build_id from marts.publication").fetchone()
    return {row[0] if row else None, manifest["build_id"] if manifest else None}
