"""What fingerprints promise: they change with what makes the marts, and with nothing else."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration import fingerprints
from orchestration.fingerprints import code_fingerprint, models_fingerprint
from orchestration.settings import PROJECT, Settings
from tests.builders import settings_for

COUNTED = (
    "dbt_project",
    "expectations",
    "orchestration/publishing",
    "orchestration/disclosure",
    "orchestration/report",
    "orchestration/statistics",
    "requirements.lock",
)


@dataclass(frozen=True, kw_only=True)
class Checkout(Settings):
    """Settings whose dbt project is that of a copy of the checkout."""

    project: Path

    @property
    def dbt_project(self) -> Path:
        return self.project / "dbt_project"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    project = tmp_path / "checkout"
    for name in COUNTED:
        place = project / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, place, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(PROJECT / name, place)
    monkeypatch.setattr(fingerprints, "PROJECT", project)
    return Checkout(**vars(settings_for(tmp_path)), project=project)


def both(checkout: Checkout) -> tuple[str, str]:
    return models_fingerprint(checkout), code_fingerprint(checkout)


def test_the_same_files_have_the_same_fingerprint_wherever_they_lie(
    checkout: Checkout, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path / "elsewhere")

    # The fixture patches the project's place: the models are all that can be compared.
    assert models_fingerprint(settings) == models_fingerprint(checkout)


@pytest.mark.parametrize(
    ("file", "models_change", "code_changes"),
    [
        ("dbt_project/models/intermediate/int_means.sql", True, True),
        ("dbt_project/models/intermediate/int_means.yml", True, True),
        ("dbt_project/models/columns.md", True, True),
        ("dbt_project/macros/variance.sql", True, True),
        ("dbt_project/dbt_project.yml", True, True),
        ("dbt_project/profiles.yml", True, True),
        ("expectations/figures.py", False, True),
        ("orchestration/publishing/candidate.py", False, True),
        ("orchestration/report/templates/base.html", False, True),
        ("orchestration/statistics/functions.py", False, True),
        ("orchestration/disclosure/hiding.py", False, True),
        ("requirements.lock", False, True),
        ("dbt_project/target/compiled.sql", False, False),
        ("dbt_project/logs/dbt.log", False, False),
        ("orchestration/cli.py", False, False),
        ("README.md", False, False),
    ],
)
def test_a_fingerprint_changes_with_the_files_it_is_of(
    checkout: Checkout, file: str, models_change: bool, code_changes: bool
) -> None:
    before = both(checkout)
    path = checkout.project / file
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as appended:
        appended.write("\n-- changed\n")

    after = both(checkout)

    assert (before[0] != after[0], before[1] != after[1]) == (models_change, code_changes)


@pytest.mark.parametrize("change", ["moved to another layer", "renamed", "removed"])
def test_a_model_in_another_place_is_another_code(checkout: Checkout, change: str) -> None:
    models = checkout.dbt_project / "models"
    # Alone and last, so that neither its neighbours nor its order give the change away.
    for other in (models / "staging").iterdir():
        other.unlink()
    model = models / "staging" / "stg_last.sql"
    model.write_text("select 1 as one\n", encoding="utf-8")
    before = both(checkout)
    match change:
        case "moved to another layer":
            model.rename(models / model.name)
        case "renamed":
            model.rename(model.with_name("stg_later.sql"))
        case "removed":
            model.unlink()

    after = both(checkout)

    assert before[0] != after[0]
    assert before[1] != after[1]


def test_the_codebook_changes_the_models_and_not_the_code(checkout: Checkout) -> None:
    before = both(checkout)
    with (checkout.codebook / "items.csv").open("a", encoding="utf-8") as items:
        items.write("C2,1,Anders,Other,positive,true,tests,4\n")

    after = both(checkout)

    assert before[0] != after[0]
    assert before[1] == after[1]


def test_a_text_does_not_move_unseen_from_one_file_to_the_next(checkout: Checkout) -> None:
    macros = checkout.dbt_project / "macros"
    first, second = macros / "zz1.sql", macros / "zz2.sql"
    first.write_text("select 1, 2", encoding="utf-8")
    second.write_text("", encoding="utf-8")
    before = both(checkout)

    first.write_text("select 1", encoding="utf-8")
    second.write_text(", 2", encoding="utf-8")

    assert both(checkout) != before
