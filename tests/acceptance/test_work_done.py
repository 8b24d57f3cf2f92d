"""A refresh does no more work than what is new asks for: counts, which are the same on every machine.

What belongs here: counts of answers read, modules imported, commands started, models built and bytes
published. What does not: seconds, which `benchmarks/` measures side by side.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from orchestration.settings import PROJECT
from tests.acceptance.conftest import Warehouse

pytestmark = pytest.mark.slow

# Beyond what Dagster and its dbt library import themselves; every module is paid at every start.
MODULES_OF_THE_DEFINITIONS = 300
# Of three waves; what is published must not grow by itself.
PUBLISHED_MEGABYTES = 80

HEAVY = {"altair", "dagster", "dbt", "great_expectations", "pandas", "scipy"}


def test_with_nothing_new_no_command_is_started_and_no_heavy_library_imported(
    sample: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = sample.home / "dagster" / "last_run.log"
    before = log.stat().st_mtime_ns
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    done = sample.run(PROJECT / "seeds" / "waves")
    assert "Nothing is new" in done.stdout
    imported = {
        line.rpartition("|")[2].strip().split(".")[0]
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }
    assert "orchestration" in imported
    assert imported & HEAVY == set()
    assert log.stat().st_mtime_ns == before


def test_a_refresh_of_three_waves_starts_dbt_once_and_builds_every_node_once(
    sample: Warehouse,
) -> None:
    log = (sample.home / "dagster" / "last_run.log").read_text(encoding="utf-8")
    assert len(re.findall("Running with dbt=", log)) == 1
    artifacts = sample.home / "dbt"
    results = json.loads((artifacts / "run_results.json").read_text(encoding="utf-8"))["results"]
    manifest = json.loads((artifacts / "manifest.json").read_text(encoding="utf-8"))
    # Exposures are named too, and nothing is done for them.
    built = [result["unique_id"] for result in results if result["unique_id"] in manifest["nodes"]]
    assert sorted(built) == sorted(
        name
        for name, node in manifest["nodes"].items()
        if node["config"]["enabled"] and node["resource_type"] in ("model", "seed", "test")
    )


def test_the_count_reads_every_answer_once(sample: Warehouse) -> None:
    (file,) = (sample.home / "dbt" / "compiled").rglob("answer_cells.sql")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{sample.home / 'warehouse.duckdb'}' as warehouse (read_only)")
        # Every item that a wave asked of every respondent of the wave.
        (answers,) = connection.execute(
            """
            select sum(respondents * items)::bigint
            from (select wave_id, count(*) as respondents from warehouse.staging.stg_responses group by all)
            join (select wave_id, count(distinct item_id) as items from warehouse.codebook.item_versions group by all)
                using (wave_id)
            """
        ).fetchone() or (0,)
        connection.execute("pragma enable_profiling = 'no_output'")
        connection.execute(f"create table cells as {file.read_text(encoding='utf-8')}")
        plan = json.loads(connection.get_profiling_information("json"))
    read = sum(
        operator["operator_cardinality"]
        for operator in _operators(plan)
        if "SCAN" in operator["operator_type"]
    )
    assert read == answers > 0


def test_the_definitions_import_little_beyond_dagster() -> None:
    counted = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, dagster, dagster_dbt; before = set(sys.modules); import orchestration.definitions; "
            "print(len(set(sys.modules) - before))",
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert 0 < int(counted.stdout) <= MODULES_OF_THE_DEFINITIONS


def test_what_is_published_stays_small(sample: Warehouse) -> None:
    published = sum(
        path.stat().st_size
        for path in (sample.home / "published" / "current").resolve().rglob("*")
        if path.is_file()
    )
    assert 0 < published <= PUBLISHED_MEGABYTES * 1_000_000


def _operators(operator: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "operator_type" in operator:
        yield operator
    for child in operator.get("children", []):
        yield from _operators(child)
