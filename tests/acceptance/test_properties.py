"""What must hold of the figures of any survey: each variant of one delivery is a wave of its own.

All variants are built in one run. The minimum group size is 1, so that a group of one person shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.acceptance.conftest import Row, Warehouse, rows_by_key
from tests.builders import CODEBOOK, RESPONDENT, ROLE, STRATUM, WEIGHT, write_delivery, write_survey

pytestmark = pytest.mark.slow

VARIANTS = ("original", "heavier", "shuffled", "unsure", "mirrored", "merged")
KEYS = ("wave_id", "item_id", "breakdown", "group_code")
PEOPLE = 80
UNSURE = 15
# Exact as doubles and in whole numbers, however they are scaled.
WEIGHTS = (0.5, 0.75, 1.0, 2.5)

Results = dict[tuple[Any, ...], Row]


def _original() -> pd.DataFrame:
    """A delivery in which nobody gives item v1 the answer 2, and one person has a role of their own."""
    random = np.random.default_rng(3)
    table = pd.DataFrame(
        {
            RESPONDENT: [f"r{number:03d}" for number in range(PEOPLE)],
            STRATUM: random.choice(["BZK", "FIN"], PEOPLE),
            ROLE: random.choice(["L", "M"], PEOPLE, p=[0.3, 0.7]),
            WEIGHT: random.choice(WEIGHTS, PEOPLE),
            "v1": random.choice(["1", "3", ""], PEOPLE, p=[0.4, 0.5, 0.1]),
            "v2": random.choice(["1", "2", "3", "8"], PEOPLE),
            "v3": random.choice(["1", "2", "3", "8", ""], PEOPLE),
            "synthetisch": "ja",
        }
    )
    table.loc[0, [ROLE, "v1"]] = ["S", "3"]
    return table


def _variants(original: pd.DataFrame) -> dict[str, pd.DataFrame]:
    unsure = original.tail(UNSURE).assign(v1="8")
    unsure[RESPONDENT] = "u" + unsure[RESPONDENT]
    return {
        **dict.fromkeys(VARIANTS, original),
        "heavier": original.assign(**{WEIGHT: original[WEIGHT] * 8}),
        "shuffled": original.sample(frac=1, random_state=5),
        "unsure": pd.concat([original, unsure]),
    }


def _for_each_wave(table: str, waves: Mapping[str, Mapping[str, str]]) -> str:
    """The codebook's rows of 2022, once for each variant, with some text of it replaced."""
    header, *rows = (line.strip() for line in CODEBOOK[table].strip().splitlines())
    lines = [header]
    for wave in VARIANTS:
        for row in rows:
            if row.startswith("2022,"):
                text = row.replace("2022,2022,2022,", f"{wave},{wave},{wave},")
                text = text.replace("2022,", f"{wave},", 1).replace("*2022*", f"*{wave}*")
                for old, new in waves.get(wave, {}).items():
                    text = text.replace(old, new)
                lines.append(text)
    return "\n".join(lines)


@pytest.fixture(scope="module")
def original() -> pd.DataFrame:
    return _original()


@pytest.fixture(scope="module")
def warehouse(original: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("properties")
    codes = _for_each_wave("attribute_codes", {"merged": {"role,L,LG": "role,L,MW"}})
    survey = write_survey(
        folder / "survey",
        survey=CODEBOOK["survey"].replace("Tiny,10", "Tiny,1"),
        waves=_for_each_wave("waves", {}),
        item_versions=_for_each_wave(
            "item_versions", {"mirrored": {"C1,agreement,false": "C1,agreement,true"}}
        ),
        attribute_columns=_for_each_wave("attribute_columns", {}),
        attribute_codes=codes + "".join(f"\n{wave},role,S,SOLO" for wave in VARIANTS),
        groups=CODEBOOK["groups"].rstrip() + "\nrole,SOLO,3,Alleen,Alone",
        population=_for_each_wave("population", {}),
        quality_thresholds="check_name,threshold,severity,reason",
    )
    warehouse = Warehouse(folder / "home", survey)
    warehouse.run(*_deliveries(folder, original))
    return warehouse


def _deliveries(folder: Path, original: pd.DataFrame) -> list[Path]:
    return [
        write_delivery(
            folder / "files" / f"wave_{wave}.csv",
            {str(name): [str(cell) for cell in column] for name, column in table.items()},
        )
        for wave, table in _variants(original).items()
    ]


@pytest.fixture(scope="module")
def results(warehouse: Warehouse) -> Results:
    with warehouse.published() as marts:
        return rows_by_key(marts, "item_results", *KEYS)


def _groups_of(results: Results, wave: str, item: str) -> list[tuple[str, str]]:
    found = [key[2:] for key in results if key[:2] == (wave, item)]
    assert len(found) >= 5
    return found


@pytest.mark.parametrize("variant", ["heavier", "shuffled"])
@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("item_results", KEYS[1:]),
        ("item_distributions", (*KEYS[1:], "answer")),
        ("theme_results", ("theme_id", *KEYS[2:])),
        ("group_differences", (*KEYS[1:], "reference_code")),
        ("group_tests", ("theme_id", *KEYS[1:3])),
    ],
)
def test_neither_the_unit_of_weights_nor_the_order_of_rows_changes_a_figure(
    warehouse: Warehouse, variant: str, table: str, key: tuple[str, ...]
) -> None:
    with warehouse.published() as marts:
        rows = marts.execute(f"from marts.{table} order by all").df()
    ours, theirs = (
        rows[rows["wave_id"] == wave]
        .drop(columns=["wave_id", "family"], errors="ignore")
        .sort_values([*key])
        .reset_index(drop=True)
        for wave in ("original", variant)
    )
    assert len(ours) > 0
    pd.testing.assert_frame_equal(ours, theirs, rtol=1e-10, atol=1e-12)


def test_a_group_of_one_person_has_no_interval(results: Results) -> None:
    alone = results["original", "C1", "role", "SOLO"]
    assert (alone["respondents"], alone["mean"]) == (1, 3)
    for figure in ("standard_error", "ci_low", "ci_high", "ci_method"):
        assert alone[figure] is None
    for figure in ("se", "ci_low", "ci_high", "ci_method"):
        assert alone[f"favourable_{figure}"] is None


def test_an_answer_that_nobody_gave_has_a_row_with_0(warehouse: Warehouse) -> None:
    with warehouse.published() as marts:
        distribution = rows_by_key(marts, "item_distributions", *KEYS, "answer")
    row = distribution["original", "C1", "total", "all", 2]
    assert (row["respondents"], row["share"]) == (0, 0)


def test_who_does_not_know_moves_no_mean(results: Results) -> None:
    for breakdown, group in _groups_of(results, "original", "C1"):
        original = results["original", "C1", breakdown, group]
        unsure = results["unsure", "C1", breakdown, group]
        for figure in ("respondents", "mean", "favourable_share", "median", "consensus"):
            assert unsure[figure] == pytest.approx(original[figure], rel=1e-12)
    assert results["original", "C1", "total", "all"]["dont_know_share"] == 0
    assert results["unsure", "C1", "total", "all"]["dont_know_share"] > 0


def test_an_item_turned_round_mirrors_its_mean_and_keeps_its_error(results: Results) -> None:
    for breakdown, group in _groups_of(results, "original", "C1"):
        original = results["original", "C1", breakdown, group]
        mirrored = results["mirrored", "C1", breakdown, group]
        assert mirrored["mean"] == pytest.approx(1 + 3 - original["mean"], rel=1e-12)
        if group == "SOLO":
            continue
        for figure in ("standard_error", "standard_deviation", "consensus"):
            assert mirrored[figure] == pytest.approx(original[figure], rel=1e-9)


@pytest.mark.parametrize(("item", "column"), [("C1", "v1"), ("D2", "v3")])
def test_two_groups_merged_have_the_pooled_mean(
    results: Results, original: pd.DataFrame, item: str, column: str
) -> None:
    valid = original[original[column].isin(["1", "2", "3"])]
    weight = valid.groupby(ROLE)[WEIGHT].sum()
    managers, employees = (
        results["original", item, "role", group]["mean"] for group in ("LG", "MW")
    )
    pooled = (weight["L"] * managers + weight["M"] * employees) / (weight["L"] + weight["M"])
    merged = results["merged", item, "role", "MW"]
    assert merged["mean"] == pytest.approx(pooled, rel=1e-12)
    assert ("merged", item, "role", "LG") not in results
