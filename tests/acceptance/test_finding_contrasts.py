"""What decides on claims: contrasts as a calculation person by person gives them, and statsmodels.

The calculation here knows respondents, not cells: it adds up what each of them adds to an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.weightstats import DescrStatsW

from orchestration.codebook import Codebook
from orchestration.settings import PROJECT
from tests import delivered_waves

pytestmark = pytest.mark.slow

WAVE = "2022"
STUDY = Codebook(PROJECT / "seeds" / "codebook")

# Means of sets of groups of an attribute, and what each is multiplied by.
Terms = Mapping[tuple[str, tuple[str, ...]], float]


EVERYONE: Terms = {("total", ("all",)): 1.0}
STEPS: Terms = {("distance_to_top", (str(step),)): (2.5 - step) / 5 for step in (1, 2, 3, 4)}
SETS: Terms = {
    ("domain", ("beleid", "bedrijfsvoering")): 1.0,
    ("domain", ("toezicht", "uitvoering")): -1.0,
}


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """One row a respondent, with groups, weight and scores."""
    return delivered_waves.people(WAVE)


def _residual(
    people: pd.DataFrame, scores: pd.Series, member: pd.Series
) -> tuple[float, pd.Series]:
    """The weighted mean of a set of people, and what each of them adds to its error."""
    valid = member & scores.notna()
    weight = people["weight"].where(valid, 0.0)
    mean = float((weight * scores.fillna(0.0)).sum() / weight.sum())
    return mean, weight * (scores.fillna(0.0) - mean) / weight.sum()


def _error(people: pd.DataFrame, residual: pd.Series) -> float:
    centred = residual - residual.groupby(people["post_stratum"]).transform("mean")
    squares = (centred**2).groupby(people["stratum"]).sum()
    sizes = people.groupby("stratum")[["n", "N"]].first()
    factor = (1 - sizes["n"] / sizes["N"]) * sizes["n"] / (sizes["n"] - 1)
    return float(np.sqrt((factor * squares).sum()))


def _contrast(people: pd.DataFrame, scores: pd.Series, terms: Terms) -> tuple[float, float]:
    """A sum of means, each of the groups of an attribute, and its error."""
    total, residual = 0.0, pd.Series(0.0, index=people.index)
    for (attribute, groups), coefficient in terms.items():
        mean, own = _residual(people, scores, people[attribute].isin(groups))
        total, residual = total + coefficient * mean, residual + coefficient * own
    return total, _error(people, residual)


def _score(people: pd.DataFrame, items: list[str]) -> pd.Series:
    return people[items].mean(axis=1).where(people[items].notna().mean(axis=1) >= 0.5)


def _items(theme_id: str, valence: str = "") -> list[str]:
    return [
        row["item_id"]
        for row in STUDY.table("items")
        if row["theme_id"] == theme_id
        and (not valence or row["valence"] == valence)
        and any(
            (version["wave_id"], version["item_id"]) == (WAVE, row["item_id"])
            for version in STUDY.table("item_versions")
        )
    ]


def _evidence(marts: duckdb.DuckDBPyConnection, finding_id: str, **keys: str) -> list[Any]:
    where = "".join(f" and {key} = ${key}" for key in keys)
    return marts.execute(
        f"""
        select difference, standard_error from marts.finding_evidence
        where wave_id = $wave and finding_id = $finding {where}
        """,
        {"wave": WAVE, "finding": finding_id, **keys},
    ).fetchall()


@pytest.mark.parametrize(
    ("finding_id", "item", "terms"), [("F33", "H03", SETS), ("F40", "D04", STEPS)]
)
def test_contrasts_of_groups_are_those_of_a_calculation_by_person(
    marts: duckdb.DuckDBPyConnection,
    people: pd.DataFrame,
    finding_id: str,
    item: str,
    terms: Terms,
) -> None:
    (ours,) = _evidence(marts, finding_id)
    assert ours == pytest.approx(_contrast(people, people[item], terms), rel=1e-9)


@pytest.mark.parametrize(
    ("finding_id", "own", "other"),
    [
        ("F14", _items("4a", "negative"), _items("4a", "neutral")),
        ("F46", _items("4b"), _items("4a")),
    ],
)
def test_two_scores_are_compared_within_respondents(
    marts: duckdb.DuckDBPyConnection,
    people: pd.DataFrame,
    finding_id: str,
    own: list[str],
    other: list[str],
) -> None:
    (ours,) = _evidence(marts, finding_id)
    within = _score(people, own) - _score(people, other)
    assert ours == pytest.approx(_contrast(people, within, EVERYONE), rel=1e-9)


def test_a_theme_is_held_against_the_middle_of_its_scale(
    marts: duckdb.DuckDBPyConnection, people: pd.DataFrame
) -> None:
    (ours,) = _evidence(marts, "F48")
    mean, error = _contrast(people, _score(people, _items("4a")), EVERYONE)
    assert ours == pytest.approx((mean - 3, error), rel=1e-9)


@pytest.mark.parametrize("group", ["uitvoering", "toezicht"])
def test_a_tension_is_a_negative_weighted_correlation(
    marts: duckdb.DuckDBPyConnection, people: pd.DataFrame, group: str
) -> None:
    ((ours, _),) = _evidence(marts, "F45", measure="within_respondents", group_code=group)
    both = people[people["domain"] == group].dropna(subset=["V13", "D08"])
    theirs = DescrStatsW(both[["V13", "D08"]], weights=both["weight"]).corrcoef[0, 1]
    assert ours == pytest.approx(-theirs, rel=1e-9)


@pytest.mark.parametrize("other", ["V02", "V13", "V18"])
def test_the_error_between_two_items_is_never_understated(
    marts: duckdb.DuckDBPyConnection, people: pd.DataFrame, other: str
) -> None:
    ((difference, error),) = _evidence(marts, "F06", reference_id=other)
    everyone = people["total"] == "all"
    own, own_residual = _residual(people, people["V01"], everyone)
    mean, residual = _residual(people, people[other], everyone)
    assert difference == pytest.approx(own - mean, rel=1e-9)
    assert error >= _error(people, own_residual - residual)


def test_claims_and_published_differences_say_the_same(marts: duckdb.DuckDBPyConnection) -> None:
    compared, apart = marts.execute(
        """
        select count(*), max(abs(evidence.t - differences.t)) + max(abs(evidence.p_value - differences.p_value))
        from marts.finding_evidence as evidence
        join marts.group_differences as differences
            on evidence.wave_id = differences.wave_id
            and evidence.subject_id = differences.item_id
            and evidence.group_code = differences.group_code
            and evidence.reference_code = differences.reference_code
        where evidence.measure = 'item_score' and evidence.reference_id = ''
        """
    ).fetchall()[0]
    assert compared > 500
    assert apart < 1e-9
