"""Preparation: what must stand before Dagster looks, made once and again only when it is outdated.

What belongs here: folders, Dagster's instance and dbt's manifest. What does not: data.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
from pathlib import Path

from orchestration.errors import VakwerkError
from orchestration.fingerprints import models_fingerprint
from orchestration.settings import DBT, PRIVATE_FOLDER, PROJECT, PUBLIC_FOLDER, Settings
from orchestration.spark.requirements import require_spark

WRITTEN = "# Written by `vakwerk prepare`, again whenever it differs; take this line out to keep your own."

DAGSTER_INSTANCE = f"""\
{WRITTEN}
telemetry:
  enabled: false
run_launcher:
  module: orchestration.workers
  class: LocalRunLauncher
run_monitoring:
  enabled: true
  poll_interval_seconds: 5
  start_timeout_seconds: 120
  free_slots_after_run_end_seconds: 1
run_retries:
  enabled: true
  max_retries: 2
  # What a step said once it says again; a process that died is another matter.
  retry_on_asset_or_op_failure: false
concurrency:
  pools:
    # DuckDB has one writer.
    default_limit: 1
  runs:
    # In order of arrival, one after the other.
    max_concurrent_runs: 1
"""

# The same name as in pyproject.toml, by which Dagster knows its sensors and schedules again.
DAGSTER_WORKSPACE = f"""\
{WRITTEN}
load_from:
  - python_module:
      module_name: orchestration.definitions
      location_name: vakwerk
      working_directory: {json.dumps(str(PROJECT))}
"""

# What earlier versions wrote, which had no other line to tell it by.
EARLIER = "# Written by `vakwerk prepare`.\n"


class PreparationError(VakwerkError):
    """Something that every run needs is missing; the message says how to make it."""


def prepare(settings: Settings) -> None:
    """Make the folders, Dagster's instance and dbt's manifest, where they are missing or outdated.

    Raises PreparationError, with dbt's own words, where the models cannot be parsed, and
    SparkMissing where Spark is asked for and is not installed.
    """
    if settings.engine == "spark":
        require_spark()
    make_home(settings)
    for folder in (settings.landing, settings.dagster_home, settings.dbt_artifacts):
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with (settings.dagster_home / "prepare.lock").open("w") as lock:
        # Daemon and pages may start at the same time; the lock ends with the process.
        fcntl.flock(lock, fcntl.LOCK_EX)
        _write(settings.dagster_home / "dagster.yaml", DAGSTER_INSTANCE)
        _write(workspace_file(settings), DAGSTER_WORKSPACE)
        _make_history(settings)
        _make_manifest(settings)


def workspace_file(settings: Settings) -> Path:
    """Where Dagster's daemon and pages are told which definitions to load."""
    return settings.dagster_home / "workspace.yaml"


def _write(file: Path, text: str) -> None:
    """Write a configuration of Dagster's, unless somebody made it their own."""
    stands = file.read_text(encoding="utf-8") if file.exists() else EARLIER
    if stands != text and stands.startswith((WRITTEN, EARLIER)):
        # In one step: a daemon that runs may be reading it.
        fresh = file.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(file)


def _make_history(settings: Settings) -> None:
    """Make Dagster's databases: two programs that start at once trip over each other's tables."""
    if not (settings.dagster_home / "schedules" / "schedules.db").exists():
        # It takes seconds to import, and is needed once in the life of a home.
        import dagster as dg

        with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
            made = (instance.run_storage, instance.event_log_storage, instance.schedule_storage)
            assert all(made)


def _make_manifest(settings: Settings) -> None:
    fingerprint = models_fingerprint(settings)
    if not manifest_is_current(settings):
        _parse(settings)
        _stamp(settings).write_text(fingerprint, encoding="utf-8")


def _stamp(settings: Settings) -> Path:
    return settings.dbt_artifacts / "manifest.sha256"


def manifest_is_current(settings: Settings) -> bool:
    """Whether dbt's manifest is of the models and codebook as they are now."""
    stamp = _stamp(settings)
    return stamp.exists() and stamp.read_text(encoding="utf-8") == models_fingerprint(settings)


def make_home(settings: Settings) -> None:
    """Make the home where it is missing: readers may pass through it to what is published.

    Everything else in it is closed to them by the mode of its own folder.
    """
    way = (settings.home, *settings.home.parents)
    for folder in reversed([folder for folder in way if not folder.exists()]):
        folder.mkdir(exist_ok=True)
        # Whatever the umask, which is that of private files.
        folder.chmod(PUBLIC_FOLDER)


def manifest_file(settings: Settings) -> Path:
    """dbt's manifest. Raises PreparationError where nothing has made it yet."""
    path = settings.dbt_artifacts / "manifest.json"
    if not path.exists():
        raise PreparationError(f"{path} is missing: run `vakwerk prepare` first.")
    return path


def _parse(settings: Settings) -> None:
    parsed = subprocess.run(
        [
            DBT,
            "--no-use-colors",
            "--quiet",
            "parse",
            "--project-dir",
            settings.dbt_project,
            "--profiles-dir",
            settings.dbt_project,
        ],
        env=os.environ | settings.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if parsed.returncode:
        raise PreparationError(f"dbt cannot parse the models:\n{parsed.stdout}{parsed.stderr}")
