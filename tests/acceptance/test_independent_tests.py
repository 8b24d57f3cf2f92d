"""The unweighted tests of the sample waves are those of scipy and statsmodels on the files themselves."""

from __future__ import annotations

from itertools import combinations

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import ttest_ind
from statsmodels.stats.meta_analysis import effectsize_smd
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.oneway import anova_oneway
from statsmodels.stats.proportion import proportion_confint

from tests.acceptance.conftest import Warehouse, figures, rows_by_key
from tests.delivered_waves import WAVES, items_of, people
from tests.golden_survey import GOLDEN, SKIP_REASON

pytestmark = pytest.mark.slow

CLOSE = 1e-9


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize("breakdown", ["role", "domain"])
def test_welch_and_hedges_are_those_of_scipy_and_statsmodels(
    marts: duckdb.DuckDBPyConnection, wave: str, breakdown: str
) -> None:
    keys = ("wave_id", "breakdown", "item_id", "group_code", "reference_code")
    published = rows_by_key(marts, "group_differences", *keys)
    for item in items_of(wave):
        groups = _answers_by_group(wave, breakdown, item)
        for group, reference in [*combinations(groups, 2), *((group, "rest") for group in groups)]:
            own = groups[group]
            rest = [scores for code, scores in groups.items() if code != group]
            other = np.concatenate(rest) if reference == "rest" else groups[reference]
            sign = 1
            if (key := (wave, breakdown, item, group, reference)) not in published:
                key, sign = (wave, breakdown, item, reference, group), -1
            welch = ttest_ind(own, other, equal_var=False)
            g, variance = effectsize_smd(
                *(own.mean(), own.std(ddof=1), own.size),
                *(other.mean(), other.std(ddof=1), other.size),
            )
            margin = 1.959963984540054 * np.sqrt(variance)
            # A pair is published once, in the order of the codebook.
            theirs = [sign * welch.statistic, welch.df, welch.pvalue]
            theirs += [sign * g - margin, sign * g, sign * g + margin]
            ours = figures(
                published[key],
                *("welch_t", "welch_degrees_of_freedom", "welch_p_value"),
                *("hedges_g_low", "hedges_g", "hedges_g_high"),
            )
            assert ours == pytest.approx(theirs, rel=CLOSE, abs=1e-13), key


@pytest.mark.parametrize("wave", WAVES)
@pytest.mark.parametrize("breakdown", ["role", "domain", "ministry"])
def test_welchs_analysis_of_variance_is_that_of_statsmodels(
    marts: duckdb.DuckDBPyConnection, wave: str, breakdown: str
) -> None:
    published = rows_by_key(marts, "group_tests", "wave_id", "breakdown", "item_id")
    hidden = marts.execute(
        "select item_id, group_code from item_results where wave_id = ? and breakdown = ? and is_suppressed",
        [wave, breakdown],
    ).fetchall()
    for item in items_of(wave):
        groups = [
            answers
            for group, answers in _answers_by_group(wave, breakdown, item).items()
            if (item, group) not in hidden
        ]
        theirs = anova_oneway(groups, use_var="unequal")
        ours = figures(
            published[wave, breakdown, item],
            *("welch_f", "welch_denominator_degrees_of_freedom", "welch_p_value"),
        )
        assert ours == pytest.approx(
            [theirs.statistic, theirs.df_denom, theirs.pvalue], rel=CLOSE, abs=1e-13
        ), item


def _answers_by_group(wave: str, breakdown: str, item: str) -> dict[str, NDArray[np.float64]]:
    answers = people(wave)[[breakdown, item]].dropna().groupby(breakdown)[item]
    return {str(code): scores.to_numpy(dtype=float) for code, scores in answers}


@pytest.mark.parametrize(
    "table", ["group_differences", "theme_differences", "group_tests", "trends"]
)
def test_p_values_are_adjusted_as_by_statsmodels(
    marts: duckdb.DuckDBPyConnection, table: str
) -> None:
    families = marts.execute(
        f"""
        select family, any_value(family_size), list(p_value), list(p_holm), list(p_bh)
        from marts.{table}
        where p_value is not null and wave_id = ? and breakdown in ('role', 'domain', 'ministry')
        group by family
        """,
        [WAVES[-1]],
    ).fetchall()
    assert families
    for family, size, p_values, *adjusted in families:
        assert size == len(p_values), family
        for ours, method in zip(adjusted, ("holm", "fdr_bh"), strict=True):
            theirs = multipletests(p_values, method=method)[1]
            np.testing.assert_allclose(ours, theirs, rtol=CLOSE, err_msg=family)


@pytest.mark.skipif(not GOLDEN.is_dir(), reason=SKIP_REASON)
def test_wilson_intervals_of_an_unweighted_wave_are_those_of_statsmodels(golden: Warehouse) -> None:
    with golden.published() as connection:
        published = rows_by_key(
            connection, "item_results", "wave_id", "item_id", "breakdown", "group_code"
        )
    unweighted = [row for row in published.values() if row["wave_id"] == "unweighted"]
    assert {row["favourable_ci_method"] for row in unweighted} == {"wilson"}
    for row in unweighted:
        favourable = round(row["favourable_share"] * row["respondents"])
        theirs = proportion_confint(favourable, row["respondents"], method="wilson")
        assert figures(row, "favourable_ci_low", "favourable_ci_high") == pytest.approx(
            theirs, rel=CLOSE
        )
