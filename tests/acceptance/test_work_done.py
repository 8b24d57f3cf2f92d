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
    assert starts_of_dbt(sample) == 1
    assert done_by_dbt(sample) == everything(sample)


def test_a_refresh_of_one_wave_starts_dbt_once_and_builds_every_node_once(
    corrected: Warehouse,
) -> None:
    assert starts_of_dbt(corrected) == 1
    assert done_by_dbt(corrected) == everything(corrected)


def test_a_refresh_of_changed_code_starts_dbt_once_for_what_follows_from_it(
    changed: Warehouse,
) -> None:
    assert starts_of_dbt(changed) == 1
    built = changed.built_again()
    assert 0 < len(built) < 5
    assert len(built) + len(changed.tested_again()) < len(everything(changed)) / 10


def test_the_count_reads_every_answer_once_for_each_cube(sample: Warehouse) -> None:
    assert answers_read(sample) == answers_of(sample) * cubes(sample) > 0


def test_the_count_reads_no_answer_of_a_wave_that_did_not_change(corrected: Warehouse) -> None:
    of_the_wave = answers_of(corrected, "2022")
    assert answers_read(corrected) == of_the_wave * cubes(corrected) > 0
    assert of_the_wave < answers_of(corrected)


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


def starts_of_dbt(warehouse: Warehouse) -> int:
    """How often the last refresh started dbt to build."""
    return len(re.findall("Running with dbt=", warehouse.last_log))


def done_by_dbt(warehouse: Warehouse) -> list[str]:
    """The nodes that dbt came to in the last refresh; of exposures, which it names too, nothing is done."""
    results = json.loads((warehouse.artifacts / "run_results.json").read_text(encoding="utf-8"))
    nodes = warehouse.manifest["nodes"]
    return sorted(
        result["unique_id"] for result in results["results"] if result["unique_id"] in nodes
    )


def everything(warehouse: Warehouse) -> list[str]:
    """Every model, codebook table and data test."""
    return sorted(
        name
        for name, node in warehouse.manifest["nodes"].items()
        if node["config"]["enabled"] and node["resource_type"] in ("model", "seed", "test")
    )


def answers_of(warehouse: Warehouse, wave_id: str = "%") -> int:
    """Every item that a wave asked of every respondent of the wave, in one wave or all."""
    with warehouse.built() as connection:
        (answers,) = connection.execute(
            """
            select sum(respondents * items)::bigint
            from (select wave_id, count(*) as respondents from staging.stg_responses group by all)
            join (select wave_id, count(distinct item_id) as items from codebook.item_versions group by all)
                using (wave_id)
            where wave_id like ?
            """,
            [wave_id],
        ).fetchone() or (0,)
    return int(answers)


def cubes(warehouse: Warehouse) -> int:
    """By how many profiles of a respondent the answers are counted."""
    with warehouse.built() as connection:
        (number,) = connection.execute(
            "select count(distinct cube) from codebook.breakdowns"
        ).fetchone() or (0,)
    return int(number)


def answers_read(warehouse: Warehouse) -> int:
    """How many answers the SQL of the last count reads, by DuckDB's own profile of it."""
    (file,) = (warehouse.artifacts / "compiled").rglob("answer_cells.sql")
    with duckdb.connect() as connection:
        place = warehouse.home / "warehouse.duckdb"
        connection.execute(f"attach '{place}' as warehouse (read_only)")
        connection.execute("pragma enable_profiling = 'no_output'")
        connection.execute(f"create table cells as {file.read_text(encoding='utf-8')}")
        plan = json.loads(connection.get_profiling_information("json"))
    return sum(
        operator["operator_cardinality"]
        for operator in _operators(plan)
        if "SCAN" in operator["operator_type"]
    )


def _operators(operator: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "operator_type" in operator:
        yield operator
    for child in operator.get("children", []):
        yield from _operators(child)
