"""Whole warehouses, each run once with the command that people run, and read by many tests.

All workers share them: a test that changes one starts from a copy of its own (`Warehouse.copy`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from orchestration.settings import DBT, PROJECT, Settings
from tests.acceptance.small_waves import (
    corrected_with_person,
    next_wave,
    with_person,
    without_person,
)
from tests.builders import write_delivery, write_survey
from tests.checkout import copy_code
from tests.golden_survey import GOLDEN, SKIP_REASON, write_golden_survey
from tests.shared import made_once

Row = dict[str, Any]

VAKWERK = Path(sys.executable).with_name("vakwerk")


@dataclass(frozen=True)
class Warehouse:
    """A home of its own, the survey that it holds, and the command line pointed at both."""

    home: Path
    survey: Path
    program: Path = VAKWERK
    engine: str = "duckdb"

    def vakwerk(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command; its output and exit code."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("VAKWERK_")
        }
        environment |= {
            "VAKWERK_HOME": str(self.home),
            "VAKWERK_SURVEY": str(self.survey),
            "VAKWERK_ENGINE": self.engine,
        }
        return subprocess.run(
            [self.program, *arguments], env=environment, capture_output=True, text=True, check=False
        )

    def dbt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run dbt by hand on this warehouse; its output and exit code."""
        settings = Settings.from_environment(
            {"VAKWERK_HOME": str(self.home), "VAKWERK_SURVEY": str(self.survey)}
        )
        project = str(settings.dbt_project)
        return subprocess.run(
            [DBT, *arguments, "--project-dir", project, "--profiles-dir", project],
            env=os.environ | settings.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *files: Path) -> subprocess.CompletedProcess[str]:
        """Run the refresh on these files; the test fails with its output where it does."""
        done = self.vakwerk("run", *files)
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def copy(self, folder: Path) -> Warehouse:
        """The same warehouse and survey below `folder`, for a test to change."""
        for part, place in (("home", self.home), ("survey", self.survey)):
            shutil.copytree(place, folder / part, symlinks=True)
        return Warehouse(folder / "home", folder / "survey")

    def copy_with_code(self, folder: Path) -> Warehouse:
        """A copy that is run by code of its own, `folder / "code"`, for a test to change that too."""
        return replace(self.copy(folder), program=copy_code(folder / "code"))

    @property
    def artifacts(self) -> Path:
        """Where dbt writes."""
        return Settings.from_environment(
            {"VAKWERK_HOME": str(self.home), "VAKWERK_SURVEY": str(self.survey)}
        ).dbt_artifacts

    @property
    def manifest(self) -> Mapping[str, Any]:
        """dbt's manifest of the last build."""
        read: Mapping[str, Any] = json.loads(
            (self.artifacts / "manifest.json").read_text(encoding="utf-8")
        )
        return read

    @property
    def last_log(self) -> str:
        """What dbt said in the last refresh."""
        return (self.home / "dagster" / "last_run.log").read_text(encoding="utf-8")

    def built_again(self) -> set[str]:
        """The tables and views that dbt made in the last refresh, each with its schema."""
        return set(re.findall(r"OK (?:created|loaded) .*? (\w+\.\w+) ", self.last_log))

    def tested_again(self) -> set[str]:
        """The data tests that dbt ran in the last refresh, by the name that it shows of each."""
        return set(re.findall(r"(?:PASS|WARN) (\w+) ", self.last_log))

    def published(self) -> duckdb.DuckDBPyConnection:
        """What readers open."""
        return duckdb.connect(self.home / "published" / "marts.duckdb", read_only=True)

    def marts(
        self, but: Collection[str], but_columns: Mapping[str, Sequence[str]]
    ) -> dict[str, pd.DataFrame]:
        """Every published table but some, with its rows in order and without some of its columns."""
        with self.published() as connection:
            names = [row[0] for row in connection.execute("show tables").fetchall()]
            return {
                name: connection.execute(f"from marts.{name} order by all")
                .df()
                .drop(columns=list(but_columns.get(name, ())))
                for name in names
                if name not in but
            }

    def built(self) -> duckdb.DuckDBPyConnection:
        """The build database, for what is not published."""
        return duckdb.connect(self.home / "warehouse.duckdb", read_only=True)


def rows_by_key(
    connection: duckdb.DuckDBPyConnection, table: str, *keys: str
) -> dict[tuple[Any, ...], Row]:
    """The rows of a published table, each a dictionary, by the values of these columns."""
    found = connection.execute(f"from marts.{table}")
    names = [column[0] for column in found.description]
    rows = (dict(zip(names, row, strict=True)) for row in found.fetchall())
    return {tuple(row[key] for key in keys): row for row in rows}


def figures(row: Row, *columns: str) -> list[Any]:
    """Some columns of a row, in order."""
    return [row[column] for column in columns]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The study's three sample waves, as `make run` loads them."""

    def warehouse(folder: Path) -> Warehouse:
        return Warehouse(folder / "home", PROJECT / "seeds")

    waves = PROJECT / "seeds" / "waves"
    return warehouse(
        made_once(tmp_path_factory, "sample", lambda folder: warehouse(folder).run(waves))
    )


@pytest.fixture(scope="session")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """R's reference sample, delivered once for each sampling design."""
    if not GOLDEN.is_dir():
        pytest.skip(SKIP_REASON)

    def make(folder: Path) -> None:
        survey = write_golden_survey(folder / "survey")
        Warehouse(folder / "home", survey).run(survey / "waves")

    return _in(made_once(tmp_path_factory, "golden", make))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Both waves of the small survey; a person is in the first, who is to be forgotten."""

    def make(folder: Path) -> None:
        Warehouse(folder / "home", write_survey(folder / "survey")).run(
            write_delivery(folder / "files" / "wave_2022.xlsx", with_person(58)),
            write_delivery(folder / "files" / "wave_2024.csv", next_wave()),
        )

    return _in(made_once(tmp_path_factory, "small", make))


@pytest.fixture(scope="session")
def small_at_once(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The same two waves as if the first had come corrected at once, and never with the person."""

    def make(folder: Path) -> None:
        Warehouse(folder / "home", write_survey(folder / "survey")).run(
            write_delivery(
                folder / "files" / "wave_2022.csv", without_person(corrected_with_person())
            ),
            write_delivery(folder / "files" / "wave_2024.csv", next_wave()),
        )

    return _in(made_once(tmp_path_factory, "small_at_once", make))


@pytest.fixture(scope="session")
def corrected(small: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The small survey's waves loaded, and the first of them delivered again, corrected."""

    def make(folder: Path) -> None:
        file = folder / "files" / "wave_2022.csv"
        small.copy(folder).run(write_delivery(file, without_person(corrected_with_person())))

    return _in(made_once(tmp_path_factory, "corrected", make))


@pytest.fixture(scope="session")
def changed(small: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The small survey's waves loaded, and then one mart's SQL changed: what `note` of `trends` says."""

    def make(folder: Path) -> None:
        warehouse = small.copy_with_code(folder)
        trends = folder / "code" / "dbt_project" / "models" / "marts" / "results" / "trends.sql"
        text = trends.read_text(encoding="utf-8")
        assert text.count("broken_note as note") == 1
        trends.write_text(
            text.replace("broken_note as note", "coalesce(broken_note, 'none') as note"),
            encoding="utf-8",
        )
        (folder / "told.txt").write_text(warehouse.run().stdout, encoding="utf-8")

    folder = made_once(tmp_path_factory, "changed", make)
    return replace(_in(folder), program=folder / "code" / "vakwerk")


def _in(folder: Path) -> Warehouse:
    return Warehouse(folder / "home", folder / "survey")


@pytest.fixture
def marts(sample: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts of the sample waves."""
    with sample.published() as connection:
        yield connection
