"""The correlations of the sample waves are those of numpy, scipy and statsmodels on the same people.

What belongs here: Pearson and Spearman with weights and without, their error, interval and family.
What does not: the verdict, which dbt's unit test of `int_relations` says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from tests.acceptance.conftest import Warehouse
from tests.acceptance.respondents import design_variance, theme_scores

pytestmark = pytest.mark.slow

Array = npt.NDArray[np.float64]
Row = dict[str, Any]

WAVES = ("2022", "2024", "2026")
PRESSURES = ("4a", "4b")
CRAFTS = ("3a", "3b", "5", "6")
MODELS = ("int_relation_cells", "int_relation_values", "int_relation_residuals")


@pytest.fixture(scope="module")
def people(sample: Warehouse) -> dict[str, pd.DataFrame]:
    return {wave: theme_scores(sample, wave) for wave in WAVES}


@pytest.fixture(scope="module")
def relations(sample: Warehouse) -> dict[tuple[str, ...], Row]:
    with sample.published() as connection:
        found = connection.execute("from marts.relations").to_arrow_table().to_pylist()
    keys = ("wave_id", "pressure_theme_id", "craft_theme_id", "method")
    return {tuple(row[key] for key in keys): row for row in found}


def _mid_ranks(values: Array, weights: Array) -> Array:
    """Of each value: the weight of those below, and half of that of those equal, itself included."""
    below = (values[None, :] < values[:, None]) + (values[None, :] == values[:, None]) / 2
    ranks: Array = below @ weights
    return ranks


def _measured(frame: pd.DataFrame, method: str, pressure: str, craft: str) -> tuple[Array, Array]:
    columns = [frame[theme].to_numpy() for theme in (pressure, craft)]
    if method == "spearman":
        columns = [_mid_ranks(column, frame["weight"].to_numpy()) for column in columns]
    return columns[0], columns[1]


def test_every_pressure_is_related_to_every_craft_in_every_wave(
    relations: dict[tuple[str, ...], Row],
) -> None:
    assert set(relations) == {
        (wave, pressure, craft, method)
        for wave in WAVES
        for pressure in PRESSURES
        for craft in CRAFTS
        for method in ("pearson", "spearman")
    }


@pytest.mark.parametrize("method", ["pearson", "spearman"])
@pytest.mark.parametrize("wave", WAVES)
def test_a_weighted_correlation_is_that_of_numpy_and_statsmodels(
    people: dict[str, pd.DataFrame], relations: dict[tuple[str, ...], Row], wave: str, method: str
) -> None:
    for pressure in PRESSURES:
        for craft in CRAFTS:
            frame = people[wave].dropna(subset=[pressure, craft])
            ours = relations[wave, pressure, craft, method]
            x, y = _measured(frame, method, pressure, craft)
            covariance = np.cov(x, y, aweights=frame["weight"])
            numpys = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
            theirs = DescrStatsW(np.column_stack([x, y]), frame["weight"]).corrcoef[0, 1]
            assert ours["respondents"] == len(frame)
            assert ours["correlation"] == pytest.approx(numpys, rel=1e-9)
            assert ours["correlation"] == pytest.approx(theirs, rel=1e-9)


@pytest.fixture(scope="module")
def unweighted(sample: Warehouse) -> Callable[[Array, Array], dict[str, float]]:
    """The models' own SQL on other people, each of weight 1; gives the correlation by method."""
    compiled = sample.home / "dbt" / "compiled" / "vakwerk" / "models"

    def correlations(pressure: Array, craft: Array) -> dict[str, float]:
        cells = pd.DataFrame({"pressure_score": pressure, "craft_score": craft})  # noqa: F841
        with duckdb.connect() as connection:
            connection.execute(
                """
                attach ':memory:' as warehouse;
                create schema warehouse.staging;
                create schema warehouse.intermediate;
                create table warehouse.staging.stg_post_strata as
                    select 'w' as wave_id, 'all' as post_stratum, null::double as population_weight,
                        1.0 as weight_scale, 1.0 as weight_square_scale;
                create table warehouse.intermediate.int_wave_sources as
                    select 'w' as wave_id, 'v' as wave_version;
                create table warehouse.intermediate.relation_cells as
                    select 'w' as wave_id, 'v' as wave_version, 'p' as pressure_theme_id, 'c' as craft_theme_id,
                        'all' as stratum, 'all' as post_stratum, pressure_score, craft_score,
                        count(*) as respondents, count(*) as weight_sum, count(*) as weight_square_sum,
                    from cells group by all;
                """
            )
            for model in MODELS:
                (path,) = compiled.rglob(f"{model}.sql")
                connection.execute(
                    f"create table warehouse.intermediate.{model} as {path.read_text()}"
                )
            return dict(
                connection.execute(
                    "select method, correlation from warehouse.intermediate.int_relation_residuals"
                ).fetchall()
            )

    return correlations


@pytest.mark.parametrize("wave", WAVES)
def test_without_weights_correlations_are_those_of_scipy(
    people: dict[str, pd.DataFrame],
    unweighted: Callable[[Array, Array], dict[str, float]],
    wave: str,
) -> None:
    for pressure, craft in (("4a", "3a"), ("4b", "5")):
        frame = people[wave].dropna(subset=[pressure, craft])
        x, y = frame[pressure].to_numpy(), frame[craft].to_numpy()
        ours = unweighted(x, y)
        assert ours["pearson"] == pytest.approx(stats.pearsonr(x, y).statistic, rel=1e-9)
        assert ours["spearman"] == pytest.approx(stats.spearmanr(x, y).statistic, rel=1e-9)


def test_few_values_with_many_ties_are_ranked_as_by_scipy(
    unweighted: Callable[[Array, Array], dict[str, float]],
) -> None:
    x = np.array([1, 1, 1, 2, 2, 3, 5, 5], dtype=float)
    y = np.array([4, 4, 3, 3, 3, 1, 1, 2], dtype=float)
    assert unweighted(x, y)["spearman"] == pytest.approx(stats.spearmanr(x, y).statistic, rel=1e-12)


def _gains(frame: pd.DataFrame, method: str, pressure: str, craft: str) -> Array:
    """What the correlation gains by a little more weight for each respondent, by trying it out."""
    weights = frame["weight"].to_numpy()
    scores = [frame[theme].to_numpy() for theme in (pressure, craft)]
    measured = _measured(frame, method, pressure, craft)
    gains = []
    for start in range(0, len(frame), 500):
        chosen = np.arange(start, min(start + 500, len(frame)))
        sides = []
        for step in (0.01, -0.01):
            tried = np.repeat(weights[:, None], len(chosen), axis=1)
            tried[chosen, np.arange(len(chosen))] += step
            x, y = (
                column[:, None]
                if method == "pearson"
                else column[:, None]
                + step
                * (
                    (score[None, chosen] < score[:, None])
                    + (score[None, chosen] == score[:, None]) / 2
                )
                for column, score in zip(measured, scores, strict=True)
            )
            total = tried.sum(axis=0)
            x = x - (tried * x).sum(axis=0) / total
            y = y - (tried * y).sum(axis=0) / total
            sides.append(
                (tried * x * y).sum(axis=0)
                / np.sqrt((tried * x**2).sum(axis=0) * (tried * y**2).sum(axis=0))
            )
        gains.append((sides[0] - sides[1]) / 0.02)
    return np.concatenate(gains)


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_the_error_of_a_correlation_follows_from_what_each_respondent_moves(
    people: dict[str, pd.DataFrame], relations: dict[tuple[str, ...], Row], method: str
) -> None:
    for wave, pressure, craft in (("2022", "4b", "5"), ("2026", "4a", "3a")):
        frame = people[wave].dropna(subset=[pressure, craft])
        residuals = frame["weight"] * _gains(frame, method, pressure, craft)
        ours = relations[wave, pressure, craft, method]["standard_error"]
        assert ours == pytest.approx(np.sqrt(design_variance(frame, residuals)), rel=1e-6)


def test_intervals_and_p_values_are_made_on_the_scale_of_fishers_z(
    relations: dict[tuple[str, ...], Row],
) -> None:
    for row in relations.values():
        z = np.arctanh(row["correlation"])
        error = row["standard_error"] / (1 - row["correlation"] ** 2)
        t = stats.t(row["degrees_of_freedom"])
        assert row["ci_low"] == pytest.approx(np.tanh(z - t.ppf(0.975) * error), rel=1e-9)
        assert row["ci_high"] == pytest.approx(np.tanh(z + t.ppf(0.975) * error), rel=1e-9)
        assert row["p_value"] == pytest.approx(2 * t.sf(abs(z) / error), rel=1e-9)


def test_the_relations_of_a_wave_by_one_method_are_one_family(
    relations: dict[tuple[str, ...], Row],
) -> None:
    for wave in WAVES:
        family = [row for key, row in relations.items() if key[0] == wave and key[3] == "pearson"]
        adjusted = stats.false_discovery_control([row["p_value"] for row in family])
        assert {row["family_size"] for row in family} == {len(PRESSURES) * len(CRAFTS)}
        assert [row["p_bh"] for row in family] == pytest.approx(list(adjusted), rel=1e-9)
