"""Waves weighted by population: the cells give what a calculation person by person gives.

The calculation here knows respondents, not cells: it reads the delivered file, gives everyone the
unrounded weight of their organisation and role, and centres residuals within these post-strata.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import pytest

from tests.delivered_waves import people

pytestmark = pytest.mark.slow

WAVE = "2022"
ITEMS = ("V01", "V18", "D01", "O05", "C02")
BREAKDOWNS = ("role", "domain", "ministry", "organisation", "age_band", "distance_to_top")


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
    marts: duckdb.DuckDBPyConnection, item_id: str, breakdown: str
) -> None:
    respondents = people(WAVE)
    published = marts.execute(
        """
        select group_code, mean, standard_error, favourable_share, favourable_se
        from marts.item_results
        where wave_id = ? and item_id = ? and breakdown = ? and not is_suppressed
        """,
        [WAVE, item_id, breakdown],
    ).fetchall()
    scores = respondents[item_id]
    favourable = (scores >= 4).astype(float).where(scores.notna())
    assert len(published) == respondents[breakdown].nunique()
    for group_code, *ours in published:
        member = respondents[breakdown] == group_code
        theirs = [
            *_mean_and_error(respondents, scores, member),
            *_mean_and_error(respondents, favourable, member),
        ]
        assert ours == pytest.approx(theirs, rel=1e-9), group_code
