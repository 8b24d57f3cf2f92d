"""The respondents of a built wave, person by person, for figures computed anew in a test."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.acceptance.conftest import Warehouse

WEIGHT = "weight"


def theme_scores(warehouse: Warehouse, wave_id: str) -> pd.DataFrame:
    """A row per respondent: stratum, background, unrounded weight, and each theme's score by its id.

    A score is the mean of the valid items, and missing where fewer than half were answered. The row
    also has what its stratum says: respondents of the post-stratum, of the stratum, and its part.
    """
    with warehouse.built() as connection:
        people = connection.execute(
            """
            select responses.* exclude (weight, weight_square), strata.* exclude (wave_id, stratum, post_stratum),
                coalesce(population_weight, weight / weight_scale) as weight
            from staging.stg_responses as responses
            join (
                select distinct wave_id, post_stratum, population_weight, weight_scale
                from staging.stg_post_strata
            ) using (wave_id, post_stratum)
            join intermediate.int_strata as strata using (wave_id, stratum, post_stratum)
            where wave_id = ? order by respondent_key
            """,
            [wave_id],
        ).df()
        items = connection.execute(
            "select theme_id, lower(item_id) from staging.stg_item_versions where wave_id = ?",
            [wave_id],
        ).fetchall()
    for theme in sorted({theme for theme, _ in items}):
        answers = people[[item for of, item in items if of == theme]]
        valid = answers.where(answers >= 0)
        people[theme] = valid.mean(axis=1).where(valid.notna().mean(axis=1) >= 0.5)
    return people


def design_variance(people: pd.DataFrame, residuals: pd.Series[Any]) -> float:
    """The stratified variance of a sum of linearised residuals, one stratum after the other."""
    total = 0.0
    for _, stratum in people.assign(z=residuals).groupby("stratum"):
        size = stratum["stratum_respondents"].iloc[0]
        squares = 0.0
        for _, post_stratum in stratum.groupby("post_stratum"):
            # Whoever is missing has a residual of 0 and stays in the design.
            missing = post_stratum["post_stratum_respondents"].iloc[0] - len(post_stratum)
            mean = post_stratum["z"].sum() / post_stratum["post_stratum_respondents"].iloc[0]
            squares += ((post_stratum["z"] - mean) ** 2).sum() + missing * mean**2
        total += (1 - stratum["sampling_fraction"].iloc[0]) * size / (size - 1) * squares
    return total
