"""Spark counts what DuckDB counts: the same cells to the bit, and the same marts."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration.settings import PROJECT
from orchestration.sql import identifiers, literal
from tests.acceptance.conftest import Warehouse
from tests.acceptance.small_waves import corrected_with_person, without_person
from tests.acceptance.test_incremental_waves import HISTORY, OF_HISTORY
from tests.builders import write_delivery

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java, which is not here"),
]

# Sums and variances of fractions, whose last digits are of the order of adding.
OF_FRACTIONS = {"driver_cells", "finding_cells", "reliability_cells"}
CELLS = {
    *("answer_cells", "respondent_cells", "theme_cells", "trend_cells", "relation_cells"),
    *("weight_cells", *OF_FRACTIONS),
}
TOLERANCE = 1e-9

Frames = Mapping[str, pd.DataFrame]


@pytest.fixture(scope="module")
def program() -> Path:
    """`vakwerk` of the environment with Spark, made where it is missing or outdated."""
    subprocess.run(["make", "spark"], cwd=PROJECT, check=True)
    return PROJECT / ".venv-spark" / "bin" / "vakwerk"


@dataclass(frozen=True)
class Step:
    """What a call to `vakwerk` said, and what stood afterwards."""

    said: str
    counted: Mapping[Path, bytes]
    marts: Frames
    cells: Frames


def step(warehouse: Warehouse, said: str) -> Step:
    folder = warehouse.home / "spark" / "counted"
    counted = {
        path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    return Step(said, counted, warehouse.marts(OF_HISTORY, HISTORY), cells_of(warehouse))


def cells_of(warehouse: Warehouse) -> Frames:
    """Every table that Spark makes, in order, but for the build that counted a cell."""
    with warehouse.built() as connection:
        return {
            name: connection.execute(
                f"select {identifiers(columns)} from {schema}.{name} order by all"
            ).df()
            for schema, name in [
                ("staging", "stg_responses"),
                *(("intermediate", c) for c in CELLS),
            ]
            if (columns := columns_of(connection, name))
        }


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """In the order of their names: Spark puts the folders of a table last."""
    rows = connection.execute(
        f"""select column_name from duckdb_columns()
        where table_name = {literal(table)} and column_name <> 'counted_by' order by column_name"""
    )
    return [name for (name,) in rows.fetchall()]


def assert_same_cells(ours: Frames, others: Frames) -> None:
    assert set(ours) == {*CELLS, "stg_responses"}
    for name, cells in ours.items():
        if name in OF_FRACTIONS:
            pd.testing.assert_frame_equal(cells, others[name], obj=name, rtol=TOLERANCE)
        else:
            pd.testing.assert_frame_equal(cells, others[name], obj=name, check_exact=True)


def assert_same_marts(ours: Frames, others: Frames) -> None:
    assert ours.keys() == others.keys()
    assert sum(map(len, ours.values())) > 100
    for name, rows in ours.items():
        pd.testing.assert_frame_equal(rows, others[name], rtol=TOLERANCE, atol=1e-12, obj=name)


@contextmanager
def unreadable(file: Path) -> Iterator[None]:
    """Let the rows of a Parquet file be unreadable, while its columns are told as before."""
    whole = file.read_bytes()
    file.write_bytes(whole[:4] + b"\0" * 60 + whole[64:])
    try:
        yield
    finally:
        file.write_bytes(whole)


@pytest.fixture(scope="module")
def on_spark(
    small: Warehouse, program: Path, tmp_path_factory: pytest.TempPathFactory
) -> Warehouse:
    """The small survey's waves, made again from the archive with Spark."""
    warehouse = small.copy(tmp_path_factory.mktemp("spark"))
    return replace(warehouse, program=program, engine="spark")


@pytest.fixture(scope="module")
def rebuilt(on_spark: Warehouse) -> Step:
    done = on_spark.vakwerk("rebuild")
    assert done.returncode == 0, done.stdout + done.stderr
    return step(on_spark, done.stdout)


@pytest.fixture(scope="module")
def failed(rebuilt: Step, on_spark: Warehouse) -> Step:
    """A correction that Spark begins to count and cannot finish."""
    assert rebuilt.counted
    [file] = (on_spark.home / "spark" / "counted").glob("*/weight_cells/wave_id=2024/*.parquet")
    delivery = on_spark.home.parent / "files" / "wave_2022.csv"
    with unreadable(file):
        done = on_spark.vakwerk(
            "run", write_delivery(delivery, without_person(corrected_with_person()))
        )
    assert done.returncode == 1, done.stdout + done.stderr
    return step(on_spark, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def corrected(failed: Step, on_spark: Warehouse) -> Step:
    """The next run, after what made Spark fail is mended."""
    assert failed.counted
    return step(on_spark, on_spark.run().stdout)


def test_spark_counts_the_cells_that_duckdb_counts(rebuilt: Step, small: Warehouse) -> None:
    assert_same_cells(rebuilt.cells, cells_of(small))
    assert {path.parts[1] for path in rebuilt.counted if path.suffix == ".parquet"} >= {
        "stg_responses",
        "answer_cells",
    }


def test_readers_get_the_same_marts_whichever_engine_counts(
    rebuilt: Step, small: Warehouse
) -> None:
    assert_same_marts(rebuilt.marts, small.marts(OF_HISTORY, HISTORY))


def test_a_job_that_fails_leaves_cells_and_marts_as_they_were(rebuilt: Step, failed: Step) -> None:
    assert "Spark could not count" in failed.said
    assert failed.counted == rebuilt.counted
    for before, after in ((rebuilt.cells, failed.cells), (rebuilt.marts, failed.marts)):
        for name, rows in before.items():
            pd.testing.assert_frame_equal(rows, after[name], check_exact=True, obj=name)


def test_the_next_run_counts_the_corrected_wave_and_no_other(
    rebuilt: Step, corrected: Step, small_at_once: Warehouse
) -> None:
    assert "wave 2022 (" in corrected.said
    assert "wave 2024 (" not in corrected.said
    files = {
        wave: [
            {path for path in stood.counted if f"/wave_id={wave}/" in str(path)}
            for stood in (rebuilt, corrected)
        ]
        for wave in ("2022", "2024")
    }
    # The trend from 2022 to 2024 is counted again for 2022 only, too.
    assert files["2024"][0] == files["2024"][1]
    assert files["2022"][0].isdisjoint(files["2022"][1])
    assert_same_marts(corrected.marts, small_at_once.marts(OF_HISTORY, HISTORY))


def test_the_sample_waves_are_the_same_on_both_engines(
    sample: Warehouse, program: Path, tmp_path: Path
) -> None:
    shutil.copytree(sample.home, tmp_path / "home", symlinks=True)
    warehouse = replace(sample, home=tmp_path / "home", program=program, engine="spark")
    done = warehouse.vakwerk("rebuild")
    assert done.returncode == 0, done.stdout + done.stderr
    assert_same_cells(cells_of(warehouse), cells_of(sample))
    assert_same_marts(warehouse.marts(OF_HISTORY, HISTORY), sample.marts(OF_HISTORY, HISTORY))
