"""Where a Postgres server is named, Dagster mirrors what it published, and tells what went wrong.

What belongs here: the asset. What does not: the mirror itself (`test_postgres_mirror`).
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.assets import PUBLICATION
from orchestration.definitions import build_definitions
from orchestration.failed_runs import failure_notice
from orchestration.jobs import MIRRORING
from orchestration.mirror_asset import MIRROR, mirror_asset
from orchestration.settings import Settings
from tests.builders import settings_for
from tests.postgres import postgres_server, rows

SECRET = "geheim-van-de-spiegel"
ASIDE = f"postgresql://lezer:{SECRET}@127.0.0.1:1/marts"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A home in which something is published."""
    settings = settings_for(tmp_path)
    settings.published.mkdir(parents=True)
    with duckdb.connect(settings.published / "marts.duckdb") as connection:
        connection.execute(
            "create table publication as select 'build 1' as build_id, 'tiny' as survey_id"
        )
    return settings


def test_the_mirror_follows_the_publication_where_a_server_is_named(prepared: Settings) -> None:
    named = replace(prepared, is_mirrored=True)
    without, graph = (
        build_definitions(settings).get_repository_def().asset_graph
        for settings in (prepared, named)
    )

    assert graph.get_all_asset_keys() - without.get_all_asset_keys() == {MIRROR}
    assert graph.get(MIRROR).parent_keys == {PUBLICATION}
    assert graph.get(MIRROR).group_name == "published"


@pytest.mark.parametrize("name", ["VAKWERK_POSTGRES_URL", "VAKWERK_POSTGRES_URL_FILE"])
def test_a_server_is_named_by_the_environment_and_its_address_kept_out_of_the_settings(
    settings: Settings, name: str
) -> None:
    given = Settings.from_environment(os.environ | settings.environment | {name: ASIDE})

    assert given.is_mirrored
    assert not settings.is_mirrored
    assert SECRET not in repr(given) + repr(given.environment)


def test_a_mirror_that_fails_is_told_without_the_password(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAKWERK_POSTGRES_URL", ASIDE)
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [mirror_asset(settings, PUBLICATION)], instance=instance, raise_on_error=False
        )
        assert not result.success
        (failure,) = result.filter_events(lambda event: event.is_step_failure)
        notice = failure_notice(instance, result.dagster_run)
        events = [str(entry) for entry in instance.all_logs(result.run_id)]

    assert failure.step_key == MIRRORING
    assert "Connection refused" in str(failure.step_failure_data.error)
    assert SECRET not in "".join(events)
    assert notice is not None
    assert "Published, but not mirrored" in notice.text
    assert "stopped at: mirroring to Postgres" in notice.text


def test_the_asset_mirrors_and_says_what(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres_server() as server:
        url = server.new_database("leiden")
        monkeypatch.setenv("VAKWERK_POSTGRES_URL", url)
        result = dg.materialize([mirror_asset(settings, PUBLICATION)])
        assert rows(url, "select build_id from marts.publication") == [("build 1",)]

    (made,) = result.asset_materializations_for_node(MIRRORING)
    assert made.metadata["build_id"].value == "build 1"
    assert made.metadata["dagster/row_count"].value == 1
