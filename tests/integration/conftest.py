"""What several tests of the parts together start from: a small warehouse in which both waves are loaded.

What belongs here: making it once, and a copy of it for each test. What does not: expectations.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.deliveries.door import accept
from orchestration.deliveries.loading import load
from orchestration.settings import Settings
from tests.builders import good_table, settings_for, write_delivery
from tests.standing import tables


@pytest.fixture(scope="session")
def small_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Both waves of the small survey loaded, and something published; for copying, not for use."""
    folder = tmp_path_factory.mktemp("small_warehouse")
    settings = settings_for(folder)
    for wave_id in ("2022", "2024"):
        accept(write_delivery(folder / f"good_{wave_id}.csv", good_table()), settings)
        load(settings, wave_id)
    settings.published.mkdir()
    (settings.published / "marts.duckdb").write_bytes(b"what readers see")
    return settings


@pytest.fixture(scope="session")
def loaded_tables(small_warehouse: Settings) -> Mapping[str, str]:
    """The checksum of every table of the small warehouse."""
    return tables(small_warehouse.warehouse)


@pytest.fixture
def loaded(small_warehouse: Settings, tmp_path: Path) -> Settings:
    """A warehouse of the test's own in which both waves are loaded, and something is published."""
    home = tmp_path / "home"
    shutil.copytree(small_warehouse.home, home)
    key_file = home / "secrets" / "respondent.key"
    # Starting threads takes longer than reading a dozen rows.
    return replace(small_warehouse, home=home, key_file=key_file, threads=1)
