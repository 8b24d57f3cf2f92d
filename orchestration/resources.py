"""Dagster resources: the settings, and dbt's command line as it is run from here.

What belongs here: what assets and checks are handed. What does not: reading the environment, which
the settings do.
"""

from __future__ import annotations

from functools import cached_property
from importlib.metadata import version

from dagster_dbt import DbtCliResource, DbtProject
from packaging.version import Version

from orchestration.settings import DBT, Settings

# DuckDB has one writer: whatever writes the warehouse takes a place in this pool, which has one.
WRITER_POOL = "warehouse_writer"


class InstalledDbt(DbtCliResource):
    """dbt's command line, whose version is the installed package's.

    Dagster's own asks `dbt --version`, which takes seconds and looks on the internet for newer ones.
    """

    @cached_property
    def _cli_version(self) -> Version:
        return Version(version("dbt-core"))


def dbt_project(settings: Settings) -> DbtProject:
    """The dbt project with its artifacts in the warehouse's home."""
    return DbtProject(
        project_dir=settings.dbt_project,
        profiles_dir=settings.dbt_project,
        target_path=settings.dbt_artifacts,
        target=settings.target,
    )


def dbt_resource(settings: Settings) -> DbtCliResource:
    """dbt's command line on that project."""
    return InstalledDbt(
        # The parent's own `__init__` takes a project; mypy sees the field alone.
        project_dir=dbt_project(settings),  # type: ignore[arg-type]
        target=settings.target,
        dbt_executable=str(DBT),
    )
