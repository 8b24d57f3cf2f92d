"""Waves weighted by population: the cells give what a calculation person by person gives.

The calculation here knows respondents, not cells: it reads the delivered file, gives everyone the
unrounded weight of their organisation and role, and centres residuals within these post-strata.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest

from orchestration.codebook import Codebook, Row
from orchestration.settings import PROJECT

pytestmark = pytest.mark.slow

WAVE = "2022"
CODEBOOK = Codebook(PROJECT / "seeds" / "codebook")
ITEMS = ("V01", "V18", "D01", "O05", "C02")
BREAKDOWNS = ("role", "domain", "ministry", "organisation", "age_band", "distance_to_top")


def _of_wave(table: str) -> list[Row]:
    return [row for row in CODEBOOK.table(table) if row["wave_id"] == WAVE]


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """One row a respondent: groups, weight, sizes of stratum and post-stratum, and scores."""
    delivered = pd.read_csv(
        PROJECT / "seeds" / "waves" / f"vakmanschap_{WAVE}.csv", dtype=str, keep_default_na=False
    )
    people = pd.DataFrame({"total": "all"}, index=delivered.index)
    for row in _of_wave("attribute_columns"):
        codes = {
            code["code"]: code["group_code"]
            for code in _of_wave("attribute_codes")
            if code["attribute_id"] == row["attribute_id"]
        }
        people[row["attribute_id"]] = delivered[row["source_column"]].map(codes)
    answers = {
        (row["code_list"], row["code"]): int(row["answer"])
        for row in CODEBOOK.table("answer_codes")
    }
    for row in _of_wave("item_versions"):
        scores = delivered[row["source_column"]].map(
            lambda code, codes=row["code_list"]: answers.get((codes, code), -1)
        )
        people[row["item_id"]] = scores.where(scores > 0)
    headcount = pd.Series(
        {(row["stratum"], row["role"]): int(row["headcount"]) for row in _of_wave("population")}
    )
    # Who left the role blank stands for the average of the stratum.
    known = people["role"].notna()
    stratum, role = people["stratum"], people["role"].fillna("")
    people["post_stratum"] = stratum + "|" + role
    people["n_post"] = people.groupby("post_stratum")["total"].transform("size")
    people["n"] = people.groupby("stratum")["total"].transform("size")
    people["N"] = stratum.map(headcount.groupby(level=0).sum())
    by_role = pd.MultiIndex.from_arrays([stratum, role]).map(headcount.get)
    share_known = known.groupby(stratum).transform("mean")
    people["weight"] = np.where(
        known,
        share_known * np.asarray(by_role, dtype=float) / people["n_post"],
        people["N"] / people["n"],
    )
    return people


def _mean_and_error(
    people: pd.DataFrame, scores: pd.Series, member: pd.Series
) -> tuple[float, float]:
    valid = member & scores.notna()
    weight = people["weight"].where(valid, 0.0)
    score = scores.fillna(0.0)
    mean = float((weight * score).sum() / weight.sum())
    residual = weight * (score - mean) / weight.sum()
    centred = residual - residual.groupby(people["post_stratum"]).transform("mean")
    squares = (centred**2).groupby(people["stratum"]).sum()
    sizes = people.groupby("stratum")[["n", "N"]].first()
    factor = (1 - sizes["n"] / sizes["N"]) * sizes["n"] / (sizes["n"] - 1)
    return mean, float(np.sqrt((factor * squares).sum()))


@pytest.mark.parametrize("breakdown", ["total", *BREAKDOWNS])
@pytest.mark.parametrize("item_id", ITEMS)
def test_means_shares_and_errors_are_those_of_a_calculation_by_person(
    marts: duckdb.DuckDBPyConnection, people: pd.DataFrame, item_id: str, breakdown: str
) -> None:
    published = marts.execute(
        """
        select group_code, mean, standard_error, favourable_share, favourable_se
        from marts.item_results
        where wave_id = ? and item_id = ? and breakdown = ? and not is_suppressed
        """,
        [WAVE, item_id, breakdown],
    ).fetchall()
    scores = people[item_id]
    favourable = (scores >= 4).astype(float).where(scores.notna())
    assert len(published) == people[breakdown].nunique()
    for group_code, *ours in published:
        member = people[breakdown] == group_code
        theirs = [
            *_mean_and_error(people, scores, member),
            *_mean_and_error(people, favourable, member),
        ]
        assert ours == pytest.approx(theirs, rel=1e-9), group_code
