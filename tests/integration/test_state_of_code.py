"""dbt itself tells which models a change of code is about, by the manifest of the last build."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.macro_callers import callers_of_changed_macros
from orchestration.preparation import manifest_file
from orchestration.settings import DBT, Settings
from tests.checkout import copy_code

pytestmark = pytest.mark.slow

MARTS = Path("dbt_project/models/marts")
CORE = MARTS / "core"


@dataclass(frozen=True)
class Code:
    """A copy of the project's code and survey, compared with what the project itself was parsed to."""

    folder: Path
    state: Path

    def append(self, file: Path | str, text: str) -> None:
        with (self.folder / file).open("a", encoding="utf-8") as appended:
            appended.write(text)

    def alter(self, file: Path, model: str, **changed: Any) -> None:
        """Change what the yml file says of a model."""
        path = self.folder / file
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        (found,) = [entry for entry in told["models"] if entry["name"] == model]
        found.update(changed)
        path.write_text(yaml.safe_dump(told), encoding="utf-8")

    def modified(self) -> set[str]:
        """What dbt takes for modified, and what calls changed macros, without what follows from it."""
        settings = Settings.from_environment(
            {
                "VAKWERK_HOME": str(self.folder / "home"),
                "VAKWERK_SURVEY": str(self.folder / "seeds"),
            }
        )
        project = self.folder / "dbt_project"
        listed = subprocess.run(
            [
                *(DBT, "--quiet", "ls", "--select", "state:modified", "--state", self.state),
                *("--resource-types", "model", "seed", "test", "--output", "name"),
                # Without the tests of what is modified.
                *("--indirect-selection", "empty"),
                *("--project-dir", project, "--profiles-dir", project),
            ],
            env=os.environ
            | settings.environment
            | {"PYTHONPATH": str(self.folder), "VAKWERK_CODEBOOK": "../seeds/codebook"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert listed.returncode == 0, listed.stdout + listed.stderr
        before, now = (
            json.loads((place / "manifest.json").read_text(encoding="utf-8"))
            for place in (self.state, settings.dbt_artifacts)
        )
        return {*listed.stdout.split(), *callers_of_changed_macros(before, now)}


@pytest.fixture
def code(prepared: Settings, tmp_path: Path) -> Code:
    folder = tmp_path / "code"
    copy_code(folder)
    shutil.copytree(prepared.codebook, folder / "seeds" / "codebook")
    return Code(folder, manifest_file(prepared).parent)


def test_the_same_code_in_another_place_is_the_same(code: Code) -> None:
    assert code.modified() == set()


def test_dbt_sees_each_kind_of_change(code: Code) -> None:
    code.append(CORE / "dim_waves.sql", "-- a word\n")
    code.append("dbt_project/models/intermediate/drivers/int_driver_models.py", "# a word\n")
    # dbt does not look at the white space at the end.
    code.append("seeds/codebook/findings.csv", "another row\n")
    code.alter(
        CORE / "dim_themes.yml", "dim_themes", description="One row per theme, in other words."
    )
    code.alter(CORE / "deliveries.yml", "deliveries", config={"materialized": "view"})
    tested = {"unique_combination": {"arguments": {"columns": ["answer"]}}}
    code.alter(CORE / "dim_answers.yml", "dim_answers", data_tests=[tested])
    # Models call it by way of another macro alone.
    macro = code.folder / "dbt_project/macros/respondent_scores.sql"
    text = macro.read_text(encoding="utf-8")
    assert text.count("{% macro theme_score(items) -%}") == 1
    macro.write_text(text.replace("(items) -%}", "(items) -%}{# a word #}"), encoding="utf-8")

    assert code.modified() == {
        "dim_waves",
        "int_driver_models",
        "findings",
        "dim_themes",
        "deliveries",
        "unique_combination_dim_answers_answer",
        "driver_cells",
        "finding_cells",
        "relation_cells",
    }
