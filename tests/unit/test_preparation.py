"""What `vakwerk prepare` writes for Dagster is current, and a person's own stays theirs."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from orchestration import preparation
from orchestration.preparation import DAGSTER_INSTANCE, make_home, prepare, workspace_file
from orchestration.settings import PROJECT, Settings
from tests.builders import settings_for


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home that is not made yet, where dbt need not parse anything."""
    monkeypatch.setattr(preparation, "_parse", lambda _: None)
    return settings_for(tmp_path)


def test_a_home_of_an_earlier_version_gets_todays_instance(settings: Settings) -> None:
    settings.dagster_home.mkdir(parents=True)
    instance = settings.dagster_home / "dagster.yaml"
    instance.write_text("# Written by `vakwerk prepare`.\ntelemetry:\n  enabled: false\n", "utf-8")

    prepare(settings)
    assert instance.read_text("utf-8") == DAGSTER_INSTANCE

    instance.write_text(DAGSTER_INSTANCE + "# somebody's idea\n", "utf-8")
    prepare(settings)
    assert instance.read_text("utf-8") == DAGSTER_INSTANCE


def test_an_instance_that_somebody_made_their_own_is_left_alone(settings: Settings) -> None:
    prepare(settings)
    instance = settings.dagster_home / "dagster.yaml"
    own = DAGSTER_INSTANCE.split("\n", 1)[1]
    instance.write_text(own, "utf-8")

    prepare(settings)

    assert instance.read_text("utf-8") == own


def test_dagsters_databases_are_there_before_two_programs_start_at_once(
    settings: Settings,
) -> None:
    prepare(settings)

    found = {
        path.relative_to(settings.dagster_home) for path in settings.dagster_home.rglob("*.db")
    }
    assert found >= {
        Path("history", "runs.db"),
        Path("history", "runs", "index.db"),
        Path("schedules", "schedules.db"),
    }


def test_daemon_and_pages_load_the_same_definitions_under_the_name_of_the_project(
    settings: Settings,
) -> None:
    prepare(settings)

    (entry,) = yaml.safe_load(workspace_file(settings).read_text("utf-8"))["load_from"]
    module = entry["python_module"]
    project = (PROJECT / "pyproject.toml").read_text("utf-8")
    assert f'code_location_name = "{module["location_name"]}"' in project
    assert f'code_location_target_module = "{module["module_name"]}"' in project
    assert module["working_directory"] == str(PROJECT)


def test_readers_can_reach_what_is_published_in_a_new_home_whatever_the_umask(
    settings: Settings,
) -> None:
    before = os.umask(0o077)
    try:
        deep = replace(settings, home=settings.home / "of" / "a_survey")
        make_home(deep)
    finally:
        os.umask(before)
    way = [deep.home, *deep.home.relative_to(settings.home.parent).parents][:-1]
    modes = [stat.S_IMODE((settings.home.parent / folder).stat().st_mode) for folder in way]
    assert modes == [0o755] * 3


def test_a_home_that_somebody_closed_stays_closed(settings: Settings) -> None:
    settings.home.mkdir(mode=0o700)
    make_home(settings)
    assert stat.S_IMODE(settings.home.stat().st_mode) == 0o700
