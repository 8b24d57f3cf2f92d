"""dbt as Dagster runs it here: nothing is asked but what is to be built."""

from __future__ import annotations

from pathlib import Path

import pytest
from dbt.version import get_installed_version

from orchestration import resources
from orchestration.settings import Settings


def test_a_run_starts_dbt_once_and_never_to_ask_for_its_version(
    prepared: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    dbt = tmp_path / "dbt"
    dbt.write_text(f'#!/bin/sh\necho "$@" >> {asked}\n', encoding="utf-8")
    dbt.chmod(0o755)
    monkeypatch.setattr(resources, "DBT", dbt)
    for name, value in prepared.environment.items():
        monkeypatch.setenv(name, value)
    resources.dbt_resource(prepared).cli(["build"], target_path=tmp_path).wait()
    (call,) = asked.read_text(encoding="utf-8").splitlines()
    assert " build " in f" {call} "


def test_the_version_is_that_of_the_dbt_that_runs(prepared: Settings) -> None:
    told = resources.dbt_resource(prepared)._cli_version
    assert str(told) == get_installed_version().to_version_string(skip_matcher=True)
