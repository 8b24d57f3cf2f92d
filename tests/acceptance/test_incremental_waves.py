"""Waves that are corrected end as if all had come right at once."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration.settings import PROJECT
from tests.acceptance.conftest import Warehouse
from tests.acceptance.small_waves import WITHOUT_ROWS
from tests.builders import good_table, write_delivery, write_survey

pytestmark = pytest.mark.slow

# What was delivered before is the one thing that the two ways may tell differently.
HISTORY = {"dim_waves": ["revision"], "weighting": ["weight_version"]}
OF_HISTORY = {"deliveries", "publication"}

UNIT_TESTS = sum(
    path.read_text(encoding="utf-8").count("\n    given:")
    for path in (PROJECT / "dbt_project" / "models").rglob("*.yml")
)


@pytest.fixture(scope="module")
def at_once(small_at_once: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return small_at_once.copy(tmp_path_factory.mktemp("at_once"))


def test_an_incremental_load_and_a_full_one_give_the_same_marts(
    at_once: Warehouse, corrected: Warehouse
) -> None:
    left, right = corrected.marts(OF_HISTORY, HISTORY), at_once.marts(OF_HISTORY, HISTORY)
    assert left.keys() == right.keys()
    for name, ours in left.items():
        assert len(ours) > 0 or name in WITHOUT_ROWS, name
        pd.testing.assert_frame_equal(ours, right[name], rtol=1e-12, atol=0, obj=name)


def test_a_correction_replaces_its_wave_and_counts_no_other_again(corrected: Warehouse) -> None:
    compiled = next((corrected.home / "dbt").rglob("compiled/**/answer_cells.sql")).read_text()
    assert "'2022' as wave_id" in compiled
    assert "'2024' as wave_id" not in compiled
    for sums in ("int_answer_counts", "int_value_sums", "int_relation_residuals"):
        compiled = next((corrected.home / "dbt").rglob(f"compiled/**/{sums}.sql")).read_text()
        assert "wave_id in ('2022', null)" in compiled
    with corrected.built() as connection:
        waves = connection.execute(
            "select wave_id, revision, row_count from raw.waves order by wave_id"
        ).fetchall()
        staged = connection.execute(
            "select wave_id, count(*) from staging.stg_responses group by wave_id order by wave_id"
        ).fetchall()
    assert waves == [("2022", 2, 64), ("2024", 1, 80)]
    assert staged == [("2022", 64), ("2024", 80)]


def test_a_wave_whose_weights_alone_change_is_summed_again(
    corrected: Warehouse, tmp_path: Path
) -> None:
    warehouse = corrected.copy(tmp_path)
    sums = """
        from intermediate.int_value_sums
        select wave_id, sum(respondents)::bigint, sum(weight_sum) group by wave_id order by wave_id
    """
    with warehouse.built() as connection:
        before = connection.execute(sums).fetchall()
    with duckdb.connect(warehouse.home / "warehouse.duckdb") as connection:
        for table in ("staging.stg_post_strata", "intermediate.int_profile_groups"):
            connection.execute(f"update {table} set population_weight = 2 where wave_id = '2024'")
    done = warehouse.dbt("run", "--select", "int_value_sums")
    assert done.returncode == 0, done.stdout
    with warehouse.built() as connection:
        after = connection.execute(sums).fetchall()
    (unchanged, (wave_id, respondents, weight_sum)) = before
    assert weight_sum != 2 * respondents
    assert after == [unchanged, (wave_id, respondents, pytest.approx(2 * respondents))]


def test_a_refused_file_changes_nothing_for_the_warehouse_and_its_readers(
    corrected: Warehouse, tmp_path: Path
) -> None:
    corrected = corrected.copy(tmp_path)
    before = {
        path: path.read_bytes()
        for path in [
            corrected.home / "warehouse.duckdb",
            *(corrected.home / "published").rglob("*.*"),
        ]
        if path.is_file()
    }
    broken = good_table(64) | {"v2": ["7"] * 64}
    done = corrected.vakwerk("run", write_delivery(tmp_path / "wave_2022.csv", broken))
    assert done.returncode == 2
    for told in ("v2", "64", "'7'", "rows"):
        assert told in done.stderr
    assert {path: path.read_bytes() for path in before} == before


def test_a_build_leaves_the_codebook_as_it_was(corrected: Warehouse, tmp_path: Path) -> None:
    """dbt writes what it ran of each seed; from a wrong path that would be the seed itself."""
    fresh = write_survey(tmp_path / "survey") / "codebook"
    for path in fresh.iterdir():
        assert (corrected.survey / "codebook" / path.name).read_bytes() == path.read_bytes()


def test_the_computed_rules_of_the_models_hold_in_every_named_case(
    corrected: Warehouse, tmp_path: Path
) -> None:
    done = corrected.copy(tmp_path).dbt("test", "--select", "test_type:unit")
    assert done.returncode == 0, done.stdout
    assert f"PASS={UNIT_TESTS} " in done.stdout


def test_a_codebook_that_changes_is_published_without_a_new_delivery(
    at_once: Warehouse,
) -> None:
    groups = at_once.survey / "codebook" / "groups.csv"
    text = groups.read_text(encoding="utf-8")
    groups.write_text(text.replace("Manager", "Lead"), encoding="utf-8")
    assert "codebook changed" in at_once.run().stdout
    with at_once.published() as connection:
        label = connection.execute(
            "select label_en from marts.dim_groups where group_code = 'LG'"
        ).fetchone()
    assert label == ("Lead",)


def test_the_published_file_opens_in_a_reader_that_keeps_it_open(at_once: Warehouse) -> None:
    with duckdb.connect(at_once.home / "published" / "marts.duckdb", read_only=True) as reader:
        first = reader.execute("select build_id from marts.publication").fetchone()
        assert at_once.vakwerk("publish").returncode == 0
        assert reader.execute("select build_id from marts.publication").fetchone() == first
    with at_once.published() as fresh:
        assert fresh.execute("select build_id from marts.publication").fetchone() != first
