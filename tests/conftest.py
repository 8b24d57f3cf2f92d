"""What every test may count on: nobody's environment, and the study's warehouse prepared once.

What belongs here: fixtures that several rooms of tests share. What does not: builders, which are
plain functions (`builders`), and warehouses that are run the whole way (`acceptance/conftest`).
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from orchestration.settings import Settings
from tests.shared import made_once

if TYPE_CHECKING:
    import dagster as dg

Manifest = Mapping[str, Any]

# What the caller may have set for a warehouse of their own, which no test may read or write.
CALLERS = ("VAKWERK_", "DAGSTER_", "DBT_", "GX_")


@pytest.fixture(scope="session", autouse=True)
def own_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The environment without the caller's warehouse: what names no home lands in a folder of tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(CALLERS)]:
            patch.delenv(name)
        # Of the programs that the tests start, each would compile anew all that it imports.
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("VAKWERK_HOME", str(tmp_path_factory.mktemp("nobodys") / "home"))
        yield


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home for the study's survey, made ready for Dagster, with nothing loaded; only to be read."""
    from orchestration.preparation import prepare

    def settings(folder: Path) -> Settings:
        home = str(folder / "home")
        return Settings.from_environment({"VAKWERK_TARGET": "ci", "VAKWERK_HOME": home})

    folder = made_once(tmp_path_factory, "prepared", lambda folder: prepare(settings(folder)))
    return settings(folder)


@pytest.fixture(scope="session")
def manifest(prepared: Settings) -> Manifest:
    """dbt's manifest of the study: every model, seed, source, test and macro."""
    from orchestration.preparation import manifest_file

    parsed: Manifest = json.loads(manifest_file(prepared).read_text(encoding="utf-8"))
    return parsed


@pytest.fixture(scope="session")
def definitions(prepared: Settings) -> dg.Definitions:
    """Dagster's definitions of the prepared home."""
    import dagster as dg

    from orchestration.definitions import build_definitions

    with warnings.catch_warnings(action="ignore", category=dg.BetaWarning):
        return build_definitions(prepared)
