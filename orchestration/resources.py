"""Dagster resources: the settings, and dbt's command line as it is run from here.

What belongs here: what assets and checks are handed. What does not: reading the environment, which
the settings do.
"""

from __future__ import annotations

from dagster_dbt import DbtCliResource, DbtProject

from orchestration.settings import DBT, Settings

# DuckDB has one writer: whatever writes the warehouse takes a place in this pool, which has one.
WRITER_POOL = "warehouse_writer"


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
    return DbtCliResource(
        project_dir=dbt_project(settings), target=settings.target, dbt_executable=str(DBT)
    )
