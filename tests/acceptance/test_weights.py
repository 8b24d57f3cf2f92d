"""Weights of every kind: what they do not change, what they must meet, and what is told of them.

What belongs here: the reference sample, weighted in all ways. What does not: the figures under each
sampling design, and waves weighted by the joint population, which have modules of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pandas as pd
import pytest

from expectations.published import (
    GROUP_DIFFERENCES,
    GROUP_TESTS,
    ITEM_DISTRIBUTIONS,
    ITEM_RESULTS,
    THEME_RESULTS,
    Mart,
)
from tests.acceptance.conftest import Row, Warehouse, rows_by_key
from tests.golden_survey import BOUNDS, GOLDEN, ITEMS, MARGINS, SKIP_REASON, WEIGHT_FACTOR

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not GOLDEN.is_dir(), reason=SKIP_REASON),
]

RESPONDENTS = 400
MARTS = (ITEM_RESULTS, ITEM_DISTRIBUTIONS, THEME_RESULTS, GROUP_DIFFERENCES, GROUP_TESTS)
# R's weights by role and domain, and figures with them; see the test for the calls.
RAKED = {
    ("LG", "bedrijfsvoering"): 158.973271765352109,
    ("MW", "bedrijfsvoering"): 76.154009235197179,
    ("LG", "beleid"): 71.978170554772078,
    ("MW", "beleid"): 34.480175216192393,
    ("LG", "toezicht"): 195.634386148251593,
    ("MW", "toezicht"): 93.716023354204793,
    ("LG", "uitvoering"): 241.984232929296098,
    ("MW", "uitvoering"): 115.919294511783974,
}
RAKED_MEANS = {
    "q1": (3.5085707105413797, 0.063532742905990466),
    "q2": (4.117730690609493, 0.048430100810994421),
    "q3": (2.8892029354128934, 0.059244520501438608),
    "q4": (3.0972374863845, 0.06205135404657993),
}
RAKED_DESIGN_EFFECT = 1.3362063524756602


@pytest.fixture
def published(golden: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    with golden.published() as connection:
        yield connection


@pytest.fixture
def weights(golden: Warehouse) -> Iterator[pd.DataFrame]:
    """One row a respondent of each wave: groups and unrounded weight."""
    with golden.built() as connection:
        yield connection.execute(
            """
            select wave_id, role, domain, weight / weight_scale as weight
            from staging.stg_responses join staging.stg_weight_scales using (wave_id)
            """
        ).df()


def _weighting(published: duckdb.DuckDBPyConnection, wave_id: str) -> Row:
    return rows_by_key(published, "weighting", "wave_id")[(wave_id,)]


def _figures(published: duckdb.DuckDBPyConnection, mart: Mart, wave_id: str) -> pd.DataFrame:
    rows = published.execute(
        f"select * exclude (wave_id) from {mart.table} where wave_id = ? order by {mart.key_columns}",
        [wave_id],
    ).df()
    # A family of tests is named after its wave.
    return rows.drop(columns="family", errors="ignore")


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.table)
def test_weights_times_a_constant_change_no_figure(
    published: duckdb.DuckDBPyConnection, mart: Mart
) -> None:
    pd.testing.assert_frame_equal(
        _figures(published, mart, "scaled"),
        _figures(published, mart, "stratified"),
        rtol=1e-9,
        atol=1e-12,
    )


def test_weights_times_a_constant_change_no_more_than_their_size(
    published: duckdb.DuckDBPyConnection,
) -> None:
    scaled, stratified = (_weighting(published, wave) for wave in ("scaled", "stratified"))
    for column in ("weight_sum", "smallest_weight", "median_weight", "largest_weight"):
        assert scaled[column] == pytest.approx(WEIGHT_FACTOR * stratified[column], rel=1e-9)
    for column in ("coefficient_of_variation", "design_effect", "effective_n"):
        assert scaled[column] == pytest.approx(stratified[column], rel=1e-9)
    assert scaled["weight_version"] != stratified["weight_version"]


@pytest.mark.parametrize("wave_id", ["raked", "raked_within_bounds"])
@pytest.mark.parametrize("attribute", MARGINS)
def test_raked_weights_add_up_to_every_margin(
    weights: pd.DataFrame, wave_id: str, attribute: str
) -> None:
    sums = weights[weights["wave_id"] == wave_id].groupby(attribute)["weight"].sum()
    assert sums.to_dict() == pytest.approx(MARGINS[attribute], rel=1e-9)


def test_raked_weights_are_those_of_r(weights: pd.DataFrame) -> None:
    """In R: `rake(svydesign(ids = ~1, weights = rep(34220 / 400, 400), data = d), list(~role, ~domain),
    list(role, domain), control = list(maxit = 1000, epsilon = 1e-10))`, with the margins as frames.
    """
    raked = weights[weights["wave_id"] == "raked"].groupby(["role", "domain"])["weight"]
    assert raked.nunique().eq(1).all()
    assert raked.first().to_dict() == pytest.approx(RAKED, rel=1e-9)


@pytest.mark.parametrize("item", ITEMS)
def test_means_and_errors_with_raked_weights_are_those_of_r_that_takes_them_as_given(
    published: duckdb.DuckDBPyConnection, item: str
) -> None:
    """In R: `svymean(~q1, svydesign(ids = ~1, weights = weights(raked), data = d), na.rm = TRUE)`."""
    ours = published.execute(
        """
        select mean, standard_error from item_results
        where wave_id = 'raked' and item_id = ? and breakdown = 'total'
        """,
        [item],
    ).fetchone()
    assert ours == pytest.approx(RAKED_MEANS[item], rel=1e-9)


def test_what_raking_came_to_is_told(published: duckdb.DuckDBPyConnection) -> None:
    told = _weighting(published, "raked")
    assert told["weighting"] == "margins"
    assert told["respondents"] == RESPONDENTS
    assert told["design_effect"] == pytest.approx(RAKED_DESIGN_EFFECT, rel=1e-9)
    assert told["effective_n"] == pytest.approx(RESPONDENTS / RAKED_DESIGN_EFFECT, rel=1e-9)
    assert (told["margins"], told["margin_cells"], told["converged"]) == (2, 8, True)
    assert told["headcount"] == sum(MARGINS["role"].values())
    assert (told["smallest_weight"], told["largest_weight"]) == pytest.approx(
        (min(RAKED.values()), max(RAKED.values())), rel=1e-9
    )


def test_bounds_hold_and_those_whom_they_hold_back_are_counted(
    published: duckdb.DuckDBPyConnection, weights: pd.DataFrame
) -> None:
    told = _weighting(published, "raked_within_bounds")
    ratio = weights[weights["wave_id"] == "raked_within_bounds"]["weight"] * (
        RESPONDENTS / told["weight_sum"]
    )
    smallest, largest = BOUNDS
    assert ratio.between(smallest - 1e-9, largest + 1e-9).all()
    assert (
        told["trimmed_respondents"] == ((ratio < smallest + 1e-9) | (ratio > largest - 1e-9)).sum()
    )
    assert told["trimmed_respondents"] > 0
    assert (told["out_of_bounds_respondents"], told["converged"]) == (0, True)
    assert told["raking_cycles"] > 1


def test_svy_gives_the_same_weights_person_by_person(weights: pd.DataFrame) -> None:
    """Cells are enough: raking the 400 people themselves ends in the same weights."""
    polars = pytest.importorskip("polars")
    svy = pytest.importorskip("svy")
    ours = weights[weights["wave_id"] == "raked"]
    sample = svy.Sample(
        polars.from_pandas(ours[["role", "domain"]].assign(start=1.0)), svy.Design(wgt="start")
    ).weighting.rake(controls=MARGINS, tol=1e-12, max_iter=1000, wgt_name="raked")
    assert sample.data["raked"].to_list() == pytest.approx(ours["weight"].to_list(), rel=1e-9)
