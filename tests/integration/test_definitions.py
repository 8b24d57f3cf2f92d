"""What Dagster is shown: one graph from delivery to publication, every check on its asset, no surprise.

What belongs here: the definitions as a whole, and how they come to be. What does not: when the
sensor and the schedule ask for a run, and what a run does.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any, cast

import dagster as dg
import pytest
from syrupy.assertion import SnapshotAssertion

from expectations.running import SUITES
from orchestration import definitions as definitions_module
from orchestration.assets import REJECTED
from orchestration.codebook import Codebook
from orchestration.preparation import PreparationError
from orchestration.resources import WRITER_POOL
from orchestration.settings import PROJECT, Settings, SettingsError
from orchestration.turns import TURN
from tests.builders import settings_for
from tests.conftest import Manifest

if TYPE_CHECKING:
    from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

DG = Path(sys.executable).with_name("dg")
WAVES = ["2022", "2024", "2026"]

# The steps that only read the warehouse, if at all: they work at the door.
NOT_WRITING = {"deliveries__accepted", "check_delivery"}

# What a module that works without Dagster takes for granted that it needs not.
HEAVY = ("dagster", "dagster_dbt", "dbt", "great_expectations")


@pytest.fixture(scope="module")
def repository(definitions: dg.Definitions) -> dg.RepositoryDefinition:
    return definitions.get_repository_def()


@pytest.fixture(scope="module")
def graph(repository: dg.RepositoryDefinition) -> AssetGraph:
    return repository.asset_graph


def run(*arguments: str | Path, settings: Settings, home: Path) -> subprocess.CompletedProcess[str]:
    """Run a program in an environment of nothing but the settings."""
    environment = settings.environment | {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "VIRTUAL_ENV": sys.prefix,
    }
    return subprocess.run(
        arguments, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )


def python(code: str, settings: Settings, home: Path) -> object:
    """What the code prints, as JSON, in a process of its own."""
    done = run(sys.executable, "-c", dedent(code), settings=settings, home=home)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


# The graph


def test_the_graph_has_no_islands(graph: AssetGraph) -> None:
    neighbours: dict[dg.AssetKey, set[dg.AssetKey]] = {
        key: set() for key in graph.get_all_asset_keys()
    }
    for key in neighbours:
        for parent in graph.get(key).parent_keys:
            neighbours[key].add(parent)
            neighbours[parent].add(key)
    reached: set[dg.AssetKey] = set()
    waiting = [dg.AssetKey(["published", "marts"])]
    while waiting:
        if (key := waiting.pop()) not in reached:
            reached.add(key)
            waiting += neighbours[key]

    assert {key.to_user_string() for key in set(neighbours) - reached} == set()


def test_every_asset_can_be_made_and_leads_to_the_publication(graph: AssetGraph) -> None:
    report = dg.AssetKey(["published", "report"])
    leaves = {key for key in graph.get_all_asset_keys() if not graph.get(key).child_keys}
    views_for_people = {
        dg.AssetKey(["staging", "stg_answers"]),
        dg.AssetKey(["staging", "stg_respondents"]),
    }

    assert graph.materializable_asset_keys == graph.get_all_asset_keys() - {REJECTED}
    assert leaves == {report, REJECTED} | views_for_people


def test_every_step_that_takes_in_loads_or_publishes_has_the_turn(
    definitions: dg.Definitions,
) -> None:
    for key in ("deliveries/accepted", "raw/waves", "published/marts", "published/report"):
        asset = definitions.resolve_assets_def(dg.AssetKey(key.split("/")))
        assert TURN in asset.required_resource_keys, key


def test_every_model_and_seed_is_an_asset_of_its_layer(
    graph: AssetGraph, manifest: Manifest
) -> None:
    expected = {
        dg.AssetKey([node["schema"], node["alias"]])
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    assets = {
        dg.AssetKey(["deliveries", "accepted"]),
        REJECTED,
        dg.AssetKey(["raw", "waves"]),
        dg.AssetKey(["published", "marts"]),
        dg.AssetKey(["published", "report"]),
    }

    assert graph.get_all_asset_keys() == expected | assets
    assert all(graph.get(key).group_name == key.path[0] for key in graph.get_all_asset_keys())


# Checks


def test_every_test_of_dbt_and_every_expectation_is_one_asset_check(
    graph: AssetGraph, manifest: Manifest
) -> None:
    of_dbt = [
        node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "test"
    ]
    of_expectations = [check.name for suite in SUITES.values() for check in suite]

    assert of_dbt
    assert of_expectations
    assert Counter(key.name for key in graph.asset_check_keys) == Counter(of_dbt + of_expectations)


def test_every_check_is_on_an_asset_that_there_is(graph: AssetGraph) -> None:
    assert {key.asset_key for key in graph.asset_check_keys} <= graph.get_all_asset_keys()


def test_every_expectation_is_on_the_table_that_it_speaks_of(graph: AssetGraph) -> None:
    layers = {check.name: check for suite in SUITES.values() for check in suite}
    on = {key.name: key.asset_key for key in graph.asset_check_keys if key.name in layers}

    assert on == {
        name: dg.AssetKey(["deliveries", "accepted"])
        if check.layer == "delivery"
        else dg.AssetKey([check.layer, check.table])
        for name, check in layers.items()
    }


def test_every_check_can_stop_what_follows_unless_it_only_warns(
    graph: AssetGraph, manifest: Manifest
) -> None:
    """An expectation's own result says whether it does: the survey may overrule its severity."""
    warnings = {
        node["name"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node["config"]["severity"].lower() == "warn"
    }

    assert {
        key.name for key in graph.asset_check_keys if not graph.get_check_spec(key).blocking
    } == warnings


# Jobs, partitions, pools


def test_one_job_refreshes_everything(repository: dg.RepositoryDefinition) -> None:
    refresh = repository.get_job("refresh")

    made = repository.asset_graph.get_all_asset_keys() - {REJECTED}
    assert refresh.asset_layer.executable_asset_keys == made
    assert refresh.executor_def is dg.in_process_executor


def test_waves_are_partitions_in_the_order_of_the_codebook(
    graph: AssetGraph, repository: dg.RepositoryDefinition, prepared: Settings
) -> None:
    partitioned = {
        key.to_user_string(): graph.get(key).partitions_def
        for key in graph.get_all_asset_keys()
        if graph.get(key).partitions_def
    }
    partitions = repository.get_job("refresh").partitions_def

    assert partitions is not None
    assert partitions.get_partition_keys() == list(Codebook(prepared.codebook).waves) == WAVES
    assert set(partitioned) == {
        "deliveries/accepted",
        "raw/waves",
        "staging/stg_responses",
        "intermediate/answer_cells",
        "intermediate/driver_cells",
        "intermediate/finding_cells",
        "intermediate/relation_cells",
        "intermediate/reliability_cells",
        "intermediate/trend_cells",
        "intermediate/weight_cells",
        "intermediate/respondent_cells",
        "intermediate/theme_cells",
        "intermediate/int_answer_counts",
        "intermediate/int_driver_models",
        "intermediate/int_relation_residuals",
        "intermediate/int_value_sums",
    }
    assert all(definition == partitions for definition in partitioned.values())


def test_several_waves_are_one_run(graph: AssetGraph) -> None:
    policies = {
        graph.get(key).backfill_policy
        for key in graph.get_all_asset_keys()
        if graph.get(key).partitions_def
    }

    assert policies == {dg.BackfillPolicy.single_run()}


def test_whatever_writes_the_warehouse_takes_the_one_place_in_the_writer_pool(
    repository: dg.RepositoryDefinition, prepared: Settings
) -> None:
    pools = {node.name: node.definition.pools for node in repository.get_job("refresh").nodes}

    assert {name for name, pool in pools.items() if pool != {WRITER_POOL}} == NOT_WRITING
    with dg.DagsterInstance.from_config(str(prepared.dagster_home)) as instance:
        assert instance.get_concurrency_config().pool_config.default_pool_limit == 1


def test_runs_take_their_turn_and_one_that_died_is_tried_again(prepared: Settings) -> None:
    with dg.DagsterInstance.from_config(str(prepared.dagster_home)) as instance:
        queue = instance.get_concurrency_config().run_queue_config

        assert queue is not None
        assert queue.max_concurrent_runs == 1
        assert instance.run_monitoring_enabled
        assert instance.run_launcher.supports_check_run_worker_health
        assert instance.run_retries_enabled
        assert instance.run_retries_max_retries == 2
        assert not instance.run_retries_retry_on_asset_or_op_failure


def test_the_instance_reports_to_nobody(prepared: Settings) -> None:
    with dg.DagsterInstance.from_config(str(prepared.dagster_home)) as instance:
        assert not instance.telemetry_enabled


# The snapshot


def test_the_definitions_are_as_they_were(
    definitions: dg.Definitions, repository: dg.RepositoryDefinition, snapshot: SnapshotAssertion
) -> None:
    """Whoever changes what Dagster shows sees here what changes: `pytest --snapshot-update`."""
    graph = repository.asset_graph
    checks: dict[str, list[str]] = {
        key.to_user_string(): [] for key in sorted(graph.get_all_asset_keys())
    }
    for key in sorted(graph.asset_check_keys, key=lambda key: key.name):
        checks[key.asset_key.to_user_string()].append(key.name)
    job = repository.get_job("refresh")

    assert {
        "assets and their checks": checks,
        "jobs": sorted(name for name in repository.job_names if not name.startswith("__")),
        "schedules": {
            schedule.name: f"{schedule.cron_schedule} {schedule.execution_timezone}"
            for schedule in repository.schedule_defs
        },
        "sensors": {
            sensor.name: f"every {sensor.minimum_interval_seconds} s"
            for sensor in repository.sensor_defs
        },
        "partitions": job.partitions_def.get_partition_keys() if job.partitions_def else [],
        "pools": {node.name: sorted(node.definition.pools) for node in job.nodes},
        "resources": sorted(definitions.resources or {}),
    } == snapshot


# How the definitions come to be


def test_dg_lists_what_there_is(prepared: Settings, graph: AssetGraph, tmp_path: Path) -> None:
    done = run(DG, "list", "defs", "--json", settings=prepared, home=tmp_path)

    assert done.returncode == 0, done.stderr
    listed = json.loads(done.stdout)
    assert {asset["asset_key"] for asset in listed["assets"]} == {
        key.to_user_string() for key in graph.get_all_asset_keys()
    }
    assert len(listed["asset_checks"]) == len(graph.asset_check_keys)
    assert [job["name"] for job in listed["jobs"]] == ["refresh"]
    assert [schedule["name"] for schedule in listed["schedules"]] == ["nightly_refresh"]
    assert {sensor["name"] for sensor in listed["sensors"]} == {"failed_runs", "landing"}


def test_dg_finds_no_fault(prepared: Settings, tmp_path: Path) -> None:
    done = run(DG, "check", "defs", settings=prepared, home=tmp_path)

    assert done.returncode == 0, done.stderr
    assert "loaded successfully" in done.stdout + done.stderr


def test_importing_the_definitions_does_no_work(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)

    touched = python(
        f"""
        import json, sys

        touched = set()

        def watch(event, arguments):
            if event in ("open", "os.mkdir", "sqlite3.connect", "subprocess.Popen"):
                touched.add(str(arguments[0]))

        sys.addaudithook(watch)
        import orchestration.definitions

        ours = ({str(PROJECT)!r}, {str(tmp_path)!r})
        print(json.dumps(sorted(
            path for path in touched
            if path.startswith(ours) and not path.startswith(sys.prefix)
            and not path.endswith((".py", ".pyc")) and "__pycache__" not in path
        )))
        """,
        settings,
        tmp_path,
    )

    assert touched == []
    assert not settings.home.exists()


def test_without_a_manifest_the_error_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(PreparationError, match="run `vakwerk prepare` first"):
        definitions_module.build_definitions(settings_for(tmp_path))


def test_an_unknown_target_is_an_error_and_never_a_fallback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("VAKWERK_TARGET", "staging")

    with pytest.raises(SettingsError, match="'staging'; the targets are dev, ci, prod"):
        cast(Any, definitions_module.defs).load_fn()


def test_what_needs_no_dagster_imports_neither_dagster_nor_dbt_nor_great_expectations(
    tmp_path: Path,
) -> None:
    guilty = python(
        f"""
        import importlib, json, pkgutil, sys
        import orchestration.deliveries, orchestration.publishing, orchestration.simulation

        names = ["audit", "cli", "codebook", "dbt_results", "errors", "fingerprints", "notices",
                 "preparation", "refresh", "rejections", "settings", "settling"]
        modules = [f"orchestration.{{name}}" for name in names]
        for package in (orchestration.deliveries, orchestration.publishing, orchestration.simulation):
            modules += [m.name for m in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
        guilty = {{}}
        for module in sorted(modules):
            importlib.import_module(module)
            for heavy in {HEAVY!r}:
                if heavy in sys.modules:
                    guilty.setdefault(heavy, module)
        assert len(modules) > 30
        print(json.dumps(guilty))
        """,
        settings_for(tmp_path),
        tmp_path,
    )

    assert guilty == {}


def test_the_command_line_starts_without_the_libraries_that_take_seconds(tmp_path: Path) -> None:
    loaded = python(
        f"""
        import json, sys
        import orchestration.cli

        heavy = {(*HEAVY, "pandas", "scipy", "pyarrow", "pyreadstat", "sqlalchemy")!r}
        print(json.dumps([name for name in heavy if name in sys.modules]))
        """,
        settings_for(tmp_path),
        tmp_path,
    )

    assert loaded == []
