"""What the differences between two revisions promise: the numbers that a person would count."""

from __future__ import annotations

import random
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from orchestration.deliveries.accepted import database_of
from orchestration.deliveries.differences import Difference, against_loaded, difference
from orchestration.deliveries.door import accept
from orchestration.deliveries.loading import load
from orchestration.settings import Settings
from tests.builders import good_table, settings_for, write_delivery

ANSWERS = ("1", "2", "3", "", None)


def compared(before: pd.DataFrame, after: pd.DataFrame) -> Difference:
    with duckdb.connect() as connection:
        connection.register("before_frame", before)
        connection.register("after_frame", after)
        return difference(connection, "before_frame", "after_frame", "nr")


def counted(before: pd.DataFrame, after: pd.DataFrame) -> Difference:
    """The same, cell by cell in pandas."""
    left, right = (frame.set_index("nr").astype(object) for frame in (before, after))
    both = left.index.intersection(right.index)
    columns = [name for name in left.columns if name in right.columns]
    old, new = left.loc[both, columns], right.loc[both, columns]
    differs = (old != new) & ~(old.isna() & new.isna())
    cells = differs.sum()
    return Difference(
        rows_in=len(right.index.difference(left.index)),
        rows_out=len(left.index.difference(right.index)),
        rows_altered=int(differs.any(axis=1).sum()),
        columns_in=tuple(name for name in right.columns if name not in left.columns),
        columns_out=tuple(name for name in left.columns if name not in right.columns),
        cells_altered={str(name): int(count) for name, count in cells.items() if count},
    )


@pytest.mark.parametrize("seed", range(20))
def test_the_difference_is_what_pandas_counts_cell_by_cell(seed: int) -> None:
    chance = random.Random(seed)
    columns = [f"q{number}" for number in range(chance.randint(1, 6))]
    before = pd.DataFrame({"nr": [f"r{row}" for row in range(chance.randint(0, 60))]}, dtype=object)
    for name in columns:
        before[name] = pd.Series([chance.choice(ANSWERS) for _ in before.index], dtype=object)
    after = before[[chance.random() > 0.1 for _ in before.index]].copy()
    for name in columns:
        for row in after.index:
            if chance.random() < 0.05:
                after.loc[row, name] = chance.choice(ANSWERS)
    came = pd.DataFrame({"nr": [f"new{row}" for row in range(chance.randint(0, 3))]}, dtype=object)
    after = pd.concat([after, came]).astype(object).where(lambda frame: frame.notna(), None)
    after = after.sample(frac=1, random_state=seed)
    if chance.random() < 0.5:
        after = after.rename(columns={columns[0]: "renamed"})
    assert compared(before, after) == counted(before, after)


def test_the_same_rows_in_another_order_are_no_difference() -> None:
    table = pd.DataFrame({"nr": ["a", "b"], "v1": ["1", None]}, dtype=object)
    assert compared(table, table[["v1", "nr"]].sort_values("nr", ascending=False)) == Difference()


def test_two_answers_that_change_places_are_both_altered() -> None:
    before = pd.DataFrame({"nr": ["a"], "v1": ["1"], "v2": ["2"]})
    after = pd.DataFrame({"nr": ["a"], "v1": ["2"], "v2": ["1"]})
    assert compared(before, after) == Difference(rows_altered=1, cells_altered={"v1": 1, "v2": 1})


def test_a_blank_is_another_answer_than_an_empty_text() -> None:
    before = pd.DataFrame({"nr": ["a"], "v1": [None]}, dtype=object)
    after = pd.DataFrame({"nr": ["a"], "v1": [""]}, dtype=object)
    assert compared(before, after).cells_altered == {"v1": 1}


def test_a_column_that_comes_or_goes_alters_no_row() -> None:
    before = pd.DataFrame({"nr": ["a", "b"], "v1": ["1", "2"], 'it\'s "gone"': ["1", "1"]})
    after = pd.DataFrame({"nr": ["a", "b"], "v1": ["1", "2"], "new": ["1", "1"]})
    assert compared(before, after) == Difference(columns_in=("new",), columns_out=('it\'s "gone"',))


def test_of_other_respondents_in_another_column_all_went_and_all_came() -> None:
    before = pd.DataFrame({"id": ["a", "b"], "v1": ["1", "2"]})
    after = pd.DataFrame({"nr": ["a", "b", "c"], "v1": ["1", "2", "3"]})
    assert compared(before, after) == Difference(
        rows_in=3, rows_out=2, columns_in=("nr",), columns_out=("id",)
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def test_a_waiting_delivery_is_held_against_the_loaded_one_by_pseudonym(
    settings: Settings, tmp_path: Path
) -> None:
    accept(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
    assert against_loaded(settings, database_of(settings.accepted, "2022")) is None
    load(settings, "2022")
    corrected = good_table(rows=13)
    corrected["v1"][4] = "1"
    accept(write_delivery(tmp_path / "wave_2022.xlsx", corrected), settings)
    assert against_loaded(settings, database_of(settings.accepted, "2022")) == Difference(
        rows_in=1, rows_altered=1, cells_altered={"v1": 1}
    )


def test_a_delivery_of_a_wave_that_is_not_loaded_is_held_against_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    accept(write_delivery(tmp_path / "wave_2022.csv", good_table()), settings)
    load(settings, "2022")
    accept(write_delivery(tmp_path / "wave_2024.csv", good_table()), settings)
    assert against_loaded(settings, database_of(settings.accepted, "2024")) is None
