"""Preparation: what must stand before Dagster looks, made once and again only when it is outdated.

What belongs here: folders, Dagster's instance and dbt's manifest. What does not: data.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from orchestration.errors import VakwerkError
from orchestration.fingerprints import models_fingerprint
from orchestration.settings import DBT, PRIVATE_FOLDER, PUBLIC_FOLDER, Settings

DAGSTER_INSTANCE = """\
# Written by `vakwerk prepare`.
telemetry:
  enabled: false
concurrency:
  pools:
    # DuckDB has one writer.
    default_limit: 1
"""


class PreparationError(VakwerkError):
    """Something that every run needs is missing; the message says how to make it."""


def prepare(settings: Settings) -> None:
    """Make the folders, Dagster's instance and dbt's manifest, where they are missing or outdated.

    Raises PreparationError, with dbt's own words, where the models cannot be parsed.
    """
    make_home(settings)
    for folder in (settings.landing, settings.dagster_home, settings.dbt_artifacts):
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    instance = settings.dagster_home / "dagster.yaml"
    if not instance.exists():
        instance.write_text(DAGSTER_INSTANCE, encoding="utf-8")
    stamp = settings.dbt_artifacts / "manifest.sha256"
    fingerprint = models_fingerprint(settings)
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint):
        _parse(settings)
        stamp.write_text(fingerprint, encoding="utf-8")


def make_home(settings: Settings) -> None:
    """Make the home where it is missing: readers may pass through it to what is published.

    Everything else in it is closed to them by the mode of its own folder.
    """
    if not settings.home.exists():
        settings.home.mkdir(parents=True)
        settings.home.chmod(PUBLIC_FOLDER)


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
