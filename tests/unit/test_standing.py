"""What a build makes again: only what changed where code alone did, and everything where that is not sure."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import duckdb
import pytest

from orchestration import fingerprints
from orchestration.audit import Build
from orchestration.deliveries.schema import RAW_SCHEMA
from orchestration.fingerprints import code_fingerprint
from orchestration.settings import Settings
from orchestration.standing import Extent, extent_of, keep, origins_of
from tests.builders import settings_for
from tests.checkout import copy_code

DELIVERED = """
    insert into raw.deliveries values
    ('2022', {revision}, 'first', 'sha', 'file', 'csv', 10, 'wave_2022', '2022-07-01 12:00:00')
"""


class Standing:
    """A home where a good build of the code in a copy of the project stands."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.code = folder / "code"
        copy_code(self.code)
        monkeypatch.setattr(fingerprints, "PROJECT", self.code)
        monkeypatch.setattr(Settings, "dbt_project", self.code / "dbt_project")
        self.settings = settings_for(folder)
        self.warehouse = duckdb.connect()
        self.warehouse.execute(RAW_SCHEMA + DELIVERED.format(revision=1))
        code = code_fingerprint(self.settings)
        self.build = Build("built", True, code, "codebook")
        self.settings.dbt_artifacts.mkdir(parents=True)
        for name in ("manifest.json", "run_results.json"):
            (self.settings.dbt_artifacts / name).write_text("{}", encoding="utf-8")
        keep(self.settings, "built", origins_of(self.warehouse, self.settings))

    @property
    def kept(self) -> Path:
        return self.settings.home / "dbt" / "built" / "built"

    @property
    def extent(self) -> Extent:
        now = origins_of(self.warehouse, self.settings)
        return extent_of(self.settings, self.build, code_fingerprint(self.settings), now)

    def append(self, file: str, text: str = "\n") -> None:
        with (self.code / file).open("a", encoding="utf-8") as appended:
            appended.write(text)

    def change_a_model(self) -> None:
        self.append("dbt_project/models/marts/results/trends.sql")


@pytest.fixture
def standing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Standing:
    return Standing(tmp_path, monkeypatch)


def test_the_same_code_builds_what_is_new(standing: Standing) -> None:
    assert standing.extent is Extent.NEW


@pytest.mark.parametrize(
    ("file", "extent"),
    [
        ("dbt_project/models/marts/results/trends.sql", Extent.CHANGED),
        ("dbt_project/models/marts/results/trends.yml", Extent.CHANGED),
        ("dbt_project/models/intermediate/drivers/int_driver_models.py", Extent.CHANGED),
        ("dbt_project/models/columns.md", Extent.CHANGED),
        ("dbt_project/macros/cells.sql", Extent.CHANGED),
        ("dbt_project/dbt_project.yml", Extent.EVERYTHING),
        ("dbt_project/profiles.yml", Extent.EVERYTHING),
        ("dbt_project/macros/schema_names.sql", Extent.EVERYTHING),
        ("orchestration/statistics/functions.py", Extent.EVERYTHING),
        ("orchestration/disclosure/hiding.py", Extent.EVERYTHING),
        ("requirements.lock", Extent.EVERYTHING),
        ("expectations/figures.py", Extent.NOTHING),
        ("orchestration/publishing/candidate.py", Extent.NOTHING),
        ("orchestration/report/templates/base.html", Extent.NOTHING),
    ],
)
def test_code_that_changed_decides_what_is_built(
    standing: Standing, file: str, extent: Extent
) -> None:
    standing.append(file)
    assert standing.extent is extent


def deliver(standing: Standing) -> None:
    standing.warehouse.execute(DELIVERED.format(revision=2))


def change_codebook(standing: Standing) -> None:
    (standing.settings.codebook / "items.csv").write_text("item_id\n", encoding="utf-8")


def fail_build(standing: Standing) -> None:
    standing.build = replace(standing.build, succeeded=False)


def restore_older_warehouse(standing: Standing) -> None:
    standing.build = replace(standing.build, build_id="an earlier one")


def lose_manifest(standing: Standing) -> None:
    (standing.kept / "manifest.json").unlink()


def damage_manifest(standing: Standing) -> None:
    (standing.kept / "manifest.json").write_text('{"nodes": {', encoding="utf-8")


def keep_other_things(standing: Standing) -> None:
    (standing.kept / "origins.json").write_text(json.dumps({"waves": "1"}), encoding="utf-8")


def die_while_keeping(standing: Standing) -> None:
    (standing.kept / "origins.json").unlink()


def use_spark(standing: Standing) -> None:
    standing.settings = replace(standing.settings, engine="spark")


def change_target(standing: Standing) -> None:
    standing.settings = replace(standing.settings, target="prod")


@pytest.mark.parametrize(
    "event",
    [
        deliver,
        change_codebook,
        fail_build,
        restore_older_warehouse,
        lose_manifest,
        damage_manifest,
        keep_other_things,
        die_while_keeping,
        use_spark,
        change_target,
    ],
)
def test_with_a_changed_model_and_anything_else_everything_is_built(
    standing: Standing, event: Callable[[Standing], None]
) -> None:
    standing.change_a_model()
    before = standing.extent
    event(standing)
    assert (before, standing.extent) == (Extent.CHANGED, Extent.EVERYTHING)


@pytest.mark.parametrize("package", ["duckdb", "dbt-core", "dbt-duckdb"])
def test_another_version_of_what_builds_builds_everything(
    standing: Standing, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing.change_a_model()
    monkeypatch.setattr(
        fingerprints, "version", lambda name: "0" if name == package else version(name)
    )
    assert standing.extent is Extent.EVERYTHING


@pytest.mark.parametrize("event", [deliver, change_codebook])
def test_with_changed_checks_and_new_waves_the_waves_alone_are_counted(
    standing: Standing, event: Callable[[Standing], None]
) -> None:
    standing.append("expectations/figures.py")
    event(standing)
    assert standing.extent is Extent.NEW


def test_one_build_is_kept_and_nobody_else_may_read_it(standing: Standing) -> None:
    keep(standing.settings, "next", origins_of(standing.warehouse, standing.settings))
    assert [path.name for path in standing.settings.built.iterdir()] == ["next"]
    assert standing.settings.built.stat().st_mode & 0o077 == 0
    shutil.rmtree(standing.settings.built)
    standing.change_a_model()
    assert standing.extent is Extent.EVERYTHING


def test_where_spark_counts_a_changed_model_builds_everything(standing: Standing) -> None:
    use_spark(standing)
    keep(standing.settings, "built", origins_of(standing.warehouse, standing.settings))
    standing.change_a_model()
    assert standing.extent is Extent.EVERYTHING
