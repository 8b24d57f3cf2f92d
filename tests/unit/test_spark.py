"""What Spark asks of a machine, and what is handed to it, held without Spark."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.deliveries.door import accept
from orchestration.deliveries.loading import load
from orchestration.deliveries.warehouse import connected
from orchestration.spark import requirements
from orchestration.spark.counting import SELECTED
from orchestration.spark.handing_over import hand_over, models_on_spark, read_on_spark
from orchestration.spark.requirements import SparkMissing, require_spark
from tests.builders import good_table, settings_for, write_delivery
from tests.conftest import Manifest


def test_an_environment_without_pyspark_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(requirements, "PACKAGES", ("a_package_that_nobody_has.part",))
    with pytest.raises(SparkMissing, match="make spark"):
        require_spark({})


@pytest.mark.parametrize(
    "environment", [{"PATH": ""}, {"JAVA_HOME": "nowhere", "PATH": "/usr/bin"}]
)
def test_a_machine_without_java_is_told_how_to_get_it(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requirements, "PACKAGES", ("json",))
    with pytest.raises(SparkMissing, match="install Java 17"):
        require_spark(environment)


def test_java_is_found_where_it_is_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requirements, "PACKAGES", ("json",))
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").touch(mode=0o755)
    require_spark({"JAVA_HOME": str(tmp_path)})
    require_spark({"PATH": str(tmp_path / "bin")})


def test_the_models_on_spark_are_those_that_read_respondents(manifest: Manifest) -> None:
    nodes = manifest["nodes"].values()
    readers = {
        (node["schema"], node["alias"])
        for node in nodes
        if node["resource_type"] == "model"
        and node["schema"] != "staging"
        and "model.vakwerk.stg_responses" in node["depends_on"]["nodes"]
    }
    assert readers
    assert set(models_on_spark(manifest)) == readers | {("staging", "stg_responses")}
    cells = {node["name"] for node in nodes if node["fqn"][1:3] == SELECTED[1].split(".")}
    assert {"stg_responses", *(name for name in cells if name.endswith("_cells"))} >= {
        name for _, name in models_on_spark(manifest)
    }


def test_nothing_that_is_handed_over_is_made_of_what_spark_counts(manifest: Manifest) -> None:
    counted = set(models_on_spark(manifest))
    by_name = {
        (node["schema"], node["alias"]): node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }
    waiting = read_on_spark(manifest)
    assert waiting
    while waiting:
        table = waiting.pop()
        assert table not in counted
        waiting += [
            (parent["schema"], parent["alias"])
            for key in by_name[table]["depends_on"].get("nodes", [])
            if (parent := manifest["nodes"].get(key))
        ]


def test_a_wave_is_handed_over_again_only_when_it_has_another_revision(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    folder = tmp_path / "inputs"

    def deliver(rows: int) -> Path:
        accept(write_delivery(tmp_path / "wave_2022.csv", good_table(rows)), settings)
        load(settings, "2022")
        with connected(settings) as connection:
            assert hand_over(connection, [("raw", "deliveries")], folder) == ["2022"]
        [file] = (folder / "raw" / "wave_2022").iterdir()
        return file

    (folder / "raw" / "wave_1999").mkdir(parents=True)
    first = deliver(12)
    made = first.stat().st_mtime_ns
    assert not (folder / "raw" / "wave_1999").exists(), "a wave that is not loaded"
    assert deliver(12).stat().st_mtime_ns == made
    second = deliver(20)
    assert second != first
    assert duckdb.read_parquet(str(second)).aggregate("count(*)").fetchone() == (20,)
    assert folder.joinpath("raw").stat().st_mode & 0o077 == 0
