"""The marts of the sample waves hold what svy makes of the delivered files themselves.

svy, which agrees with R's `survey`, gives the weighted figures: stratified, finite, post-stratified.
A weighted mean's error is never held against statsmodels' `DescrStatsW`, which takes weights for
frequencies.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest
import svy

from tests.acceptance.conftest import Row, figures, rows_by_key
from tests.delivered_waves import WAVES, items_of, people

pytestmark = pytest.mark.slow

BREAKDOWNS = ("total", "role", "domain", "ministry")
# Every item has its turn in some wave, and every theme in each.
SHARE_OF_ITEMS = len(WAVES)
CLOSE = 1e-9


def _some_items(wave: str) -> list[str]:
    return list(items_of(wave))[WAVES.index(wave) :: SHARE_OF_ITEMS]


def _designed(people: pd.DataFrame) -> Any:
    """The respondents as svy's sample: strata, finite population, weights post-stratified."""
    controls = {
        str(code): total for code, total in people.groupby("post_stratum")["weight"].sum().items()
    }
    table = pl.from_pandas(people.copy().assign(base=people["N"] / people["n"]))
    design = svy.Design(stratum="stratum", wgt="base", pop_size="N", singleton="center")
    sample: Any = svy.Sample(table, design)
    sample.weighting.poststratify(controls, cells="post_stratum", inplace=True)
    return sample


def _of_group(breakdown: str, group_code: str, score: str) -> pl.Expr:
    return (pl.col(breakdown) == group_code) & pl.col(score).is_not_null()


def _assert_tested(ours: Row, theirs: Any, sign: int = 1) -> None:
    """Difference, t, degrees of freedom and p of svy's t test of two groups."""
    (difference,) = theirs.diff
    assert figures(ours, "difference", "standard_error", "t", "p_value") == pytest.approx(
        [sign * difference.diff, difference.se, sign * theirs.stats.t, theirs.stats.p_value],
        rel=CLOSE,
    )
    assert ours["degrees_of_freedom"] == theirs.stats.df


@pytest.fixture(scope="module")
def samples() -> dict[str, Any]:
    """Each wave, with an item's favourable answers as 0 and 1 beside its scores."""
    return {
        wave: _designed(
            people(wave).join(
                people(wave)[[*items_of(wave)]]
                .transform(lambda scores: (scores >= 4).astype(float).where(scores.notna()))
                .add_suffix("_favourable")
            )
        )
        for wave in WAVES
    }


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize("breakdown", BREAKDOWNS)
def test_means_shares_and_errors_are_those_of_svy(
    marts: duckdb.DuckDBPyConnection, samples: dict[str, Any], wave: str, breakdown: str
) -> None:
    published = rows_by_key(marts, "item_results", "wave_id", "item_id", "breakdown", "group_code")
    for item in _some_items(wave):
        for score, columns in (
            (item, ("mean", "standard_error")),
            (f"{item}_favourable", ("favourable_share", "favourable_se")),
        ):
            answered = pl.col(score).is_not_null()
            theirs = samples[wave].estimation.mean(score, by=breakdown, where=answered)
            assert len(theirs.estimates) == people(wave)[breakdown].nunique()
            for group in theirs.estimates:
                ours = figures(published[wave, item, breakdown, group.by_level[0]], *columns)
                assert ours == pytest.approx([group.est, group.se], rel=CLOSE), (score, group)


@pytest.mark.parametrize("wave", WAVES)
def test_groups_are_tested_against_each_other_and_the_rest_as_by_svy(
    marts: duckdb.DuckDBPyConnection, samples: dict[str, Any], wave: str
) -> None:
    keys = ("wave_id", "item_id", "breakdown", "group_code", "reference_code")
    published = rows_by_key(marts, "group_differences", *keys)
    domains = sorted(people(wave)["domain"].dropna().unique())
    for item in _some_items(wave)[::5]:
        answered = pl.col(item).is_not_null()
        theirs = samples[wave].categorical.ttest(item, group="role", where=answered)
        # svy takes the levels in the order of the alphabet, and the first from the second.
        _assert_tested(published[wave, item, "role", "LG", "MW"], theirs, sign=-1)
        for domain in domains:
            sample = samples[wave].set_data(
                samples[wave].data.with_columns(own=(pl.col("domain") == domain).cast(pl.String))
            )
            theirs = sample.categorical.ttest(item, group="own", where=answered)
            _assert_tested(published[wave, item, "domain", domain, "rest"], theirs)


@pytest.mark.parametrize(("before", "wave"), list(pairwise(WAVES)))
def test_waves_are_compared_as_by_svy_on_both_stacked(
    marts: duckdb.DuckDBPyConnection, wave: str, before: str
) -> None:
    keys = ("wave_id", "theme_id", "item_id", "breakdown", "basis", "group_code")
    published = rows_by_key(marts, "trends", *keys)
    shared = marts.execute(
        """
        select theme_id, list(item_id) as items from marts.dim_item_versions
        where wave_id = ? and comparability in ('identical', 'reworded') group by theme_id
        """,
        [wave],
    ).fetchall()
    stacked = pd.concat([_with_scores(people(each), each, shared) for each in (before, wave)])
    sample = _designed(stacked.reset_index(drop=True))
    for theme, items in shared:
        for item, column in (("score", f"score_{theme}"), (items[0], items[0])):
            for breakdown, group in (("total", "all"), ("role", "LG"), ("domain", "beleid")):
                theirs = sample.categorical.ttest(
                    column, group="wave", where=_of_group(breakdown, group, column)
                )
                ours = published[wave, theme, item, breakdown, "same_groups", group]
                _assert_tested(ours, theirs)
                means = [estimate.est for estimate in theirs.estimates]
                assert [ours["previous_mean"], ours["mean"]] == pytest.approx(means, rel=CLOSE)


def _with_scores(
    people: pd.DataFrame, wave: str, themes: list[tuple[str, list[str]]]
) -> pd.DataFrame:
    """The wave with theme scores on the items given, and its strata apart from another wave's."""
    scores = {
        f"score_{theme}": people[items]
        .mean(axis=1)
        .where(people[items].notna().sum(axis=1) * 2 >= len(items))
        for theme, items in themes
    }
    apart = {name: f"{wave}|" + people[name] for name in ("stratum", "post_stratum")}
    return people.assign(wave=wave, **apart, **scores)
