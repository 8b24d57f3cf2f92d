"""Real waves of another civil service, by a codebook of their own and no other code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration.settings import PROJECT
from tests.acceptance.conftest import Warehouse

DATA = PROJECT.parent / "shared" / "data" / "aps_census"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not DATA.is_dir(), reason="the census files in ../shared/data are missing"),
]

# The file's own columns, read by hand: nothing here comes from the codebook.
GROUPS = {
    "ministry": {"2014": "AS", "2020": "2"},
    "gender": {"2014": "1. What is your gender?", "2020": "1. What is your gender?"},
    "age_band": {
        "2014": "2. How old were you at your last birthday?",
        "2020": "2. How old were you at your last birthday?",
    },
}
ITEMS = {
    "time_pressures": {"2014": "36a.", "2020": "47a."},
    "fair_pay": {"2014": "18f.", "2020": "17d."},
    "non_monetary_conditions": {"2014": "18g.", "2020": "17e."},
    "supervisor_feedback": {"2014": "20a."},
    "supervisor_communication": {"2020": "19a."},
}


@pytest.fixture(scope="module")
def census(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    home = tmp_path_factory.mktemp("census") / "home"
    warehouse = Warehouse(home, PROJECT / "examples" / "aps_census")
    warehouse.run(*sorted(DATA.glob("*.csv.gz")))
    with warehouse.published() as connection:
        yield connection


@pytest.fixture(scope="module")
def files() -> dict[str, pd.DataFrame]:
    return {wave: pd.read_csv(_file(wave)) for wave in ("2014", "2020")}


def _file(wave: str) -> Path:
    return DATA / f"data_{wave}_agesample.csv.gz"


def _answers(frame: pd.DataFrame, number: str) -> pd.Series:
    (column,) = [name for name in frame.columns if str(name).startswith(number)]
    return frame[column]


@pytest.mark.parametrize("breakdown", [None, *GROUPS])
@pytest.mark.parametrize("item_id", ITEMS)
def test_counts_means_and_shares_are_those_of_pandas_on_the_file(
    census: duckdb.DuckDBPyConnection,
    files: dict[str, pd.DataFrame],
    item_id: str,
    breakdown: str | None,
) -> None:
    for wave, number in ITEMS[item_id].items():
        frame = files[wave]
        answers = _answers(frame, number)
        by = frame[GROUPS[breakdown][wave]] if breakdown else pd.Series("all", index=frame.index)
        expected = sorted(
            (len(group), group.mean(), (group >= 4).mean(), group.std())
            for _, group in answers.groupby(by)
        )
        published = sorted(
            census.execute(
                """
                select respondents, mean, favourable_share, standard_deviation
                from marts.item_results
                where wave_id = ? and item_id = ? and breakdown = ?
                """,
                [wave, item_id, breakdown or "total"],
            ).fetchall()
        )
        assert len(published) == len(expected) > 0
        for ours, theirs in zip(published, expected, strict=True):
            assert ours == pytest.approx(theirs, rel=1e-12)


def test_distributions_are_those_of_pandas_on_the_file(
    census: duckdb.DuckDBPyConnection, files: dict[str, pd.DataFrame]
) -> None:
    for item_id, numbers in ITEMS.items():
        for wave, number in numbers.items():
            counts = _answers(files[wave], number).value_counts()
            published = census.execute(
                """
                select answer, respondents from marts.item_distributions
                where wave_id = ? and item_id = ? and breakdown = 'total'
                """,
                [wave, item_id],
            ).fetchall()
            assert {answer: counts.get(answer, 0) for answer in range(1, 6)} == dict(published)


def test_real_waves_are_not_called_synthetic(census: duckdb.DuckDBPyConnection) -> None:
    assert census.execute("select bool_or(is_synthetic) from marts.dim_waves").fetchone() == (
        False,
    )


def test_the_replaced_supervisor_item_is_two_items_and_no_trend(
    census: duckdb.DuckDBPyConnection,
) -> None:
    rows = census.execute(
        """
        select item_id, wave_id, comparability from marts.dim_item_versions
        where item_id like 'supervisor%' order by wave_id
        """
    ).fetchall()
    assert [row[:2] for row in rows] == [
        ("supervisor_feedback", "2014"),
        ("supervisor_communication", "2020"),
    ]
    assert not {"identical", "reworded"} & {row[2] for row in rows}


def test_theme_tables_of_the_study_are_not_built_for_another_survey(
    census: duckdb.DuckDBPyConnection,
) -> None:
    tables = {row[0] for row in census.execute("select table_name from duckdb_tables()").fetchall()}
    assert not {table for table in tables if "_by_" in table}
    assert tables >= {"item_results", "item_distributions", "theme_results", "response"}
