"""The 95 % intervals hold the truth in about 95 of 100 samples.

A known population is sampled 1,000 times. Each sample is a wave to the models' own SQL, as dbt
compiled it for the sample waves: what is tried is what is published, not a copy of the formula.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from orchestration.statistics.functions import register
from tests.acceptance.conftest import Warehouse

pytestmark = pytest.mark.slow

SAMPLES = 1000
# Headcount and respondents of each ministry: the small ones are sampled more densely.
MINISTRIES = {"a": (400, 60), "b": (800, 80), "c": (1600, 120), "d": (3200, 160)}
MODELS = (
    *("int_value_sums", "int_post_stratum_totals", "int_products", "int_group_totals"),
    *("int_rest_totals", "int_means", "int_designs", "int_estimates", "int_intervals"),
)


@pytest.fixture(scope="module")
def population() -> pd.DataFrame:
    """Everyone, with ministry, role and answer: managers and ministries differ, and so do spreads."""
    random = np.random.default_rng(2022)
    ministry = np.repeat([*MINISTRIES], [headcount for headcount, _ in MINISTRIES.values()])
    role = np.where(random.random(ministry.size) < 0.25, "LG", "MW")
    leaning = pd.Series(ministry).map({"a": 0.3, "b": 0.0, "c": 0.2, "d": -0.1}).to_numpy()
    latent = random.normal(3.3 + leaning + 0.4 * (role == "LG"), 1.0)
    answer = np.clip(np.round(latent), 1, 5).astype(int)
    return pd.DataFrame({"ministry": ministry, "role": role, "answer": answer})


def _draw(population: pd.DataFrame) -> pd.DataFrame:
    """All samples, stacked: `wave_id` tells them apart, weights are those of ministry and role."""
    random = np.random.default_rng(7)
    drawn = []
    for ministry, (_, respondents) in MINISTRIES.items():
        members = population.index[population["ministry"] == ministry].to_numpy()
        order = random.random((SAMPLES, members.size)).argpartition(respondents, axis=1)
        drawn.append(members[order[:, :respondents]])
    people = np.concatenate(drawn, axis=1)
    samples = population.loc[people.ravel()].reset_index(drop=True)
    samples["wave_id"] = np.repeat(np.arange(SAMPLES), people.shape[1]).astype(str)
    samples["post_stratum"] = samples["ministry"] + "|" + samples["role"]
    headcount = population.groupby(population["ministry"] + "|" + population["role"]).size()
    counted = samples.groupby(["wave_id", "post_stratum"])["answer"].transform("size")
    return samples.assign(weight=samples["post_stratum"].map(headcount) / counted)


INPUTS = """
create schema warehouse.intermediate;
create schema warehouse.staging;
create table warehouse.staging.stg_post_strata as
    select distinct wave_id, ministry as stratum, 'population' as weighting from samples;
create table warehouse.intermediate.int_strata as
    with strata as (
        select wave_id, ministry as stratum, post_stratum, count(*) as post_stratum_respondents
        from samples group by all
    )
    select strata.*, sum(post_stratum_respondents) over (partition by wave_id, stratum) as stratum_respondents,
        dense_rank() over (order by wave_id, post_stratum) as post_stratum_number,
        dense_rank() over (order by wave_id, stratum) as stratum_number,
        (1 - stratum_respondents / headcount) * stratum_respondents / (stratum_respondents - 1) as square_factor,
        square_factor / post_stratum_respondents as product_factor
    from strata join (select ministry as stratum, count(*) as headcount from population group by all) using (stratum);
create table warehouse.intermediate.int_subjects as
    select 1 as subject_number, 'item' as kind, 'item' as subject_id, null as trend_wave_id;
create table warehouse.intermediate.int_wave_sources as
    select distinct wave_id, 'version' as wave_version from samples;
create table warehouse.intermediate.grouped as
    select *, unnest(['total', 'role', 'ministry']) as breakdown, unnest(['all', role, ministry]) as group_code
    from samples;
create table warehouse.intermediate.int_groups as
    select *, row_number() over (order by wave_id, breakdown, group_code) as group_number,
        dense_rank() over (order by wave_id, breakdown) as breakdown_number
    from (select distinct wave_id, breakdown, group_code from warehouse.intermediate.grouped);
-- Ministry and role, which a post-stratum is made of, are all that there is to know of anybody.
create table warehouse.intermediate.int_profile_groups as
    select distinct wave_id, post_stratum_number as profile_id, post_stratum_number, group_number
    from warehouse.intermediate.grouped
    join warehouse.intermediate.int_groups using (wave_id, breakdown, group_code)
    join warehouse.intermediate.int_strata using (wave_id, post_stratum);
create table warehouse.intermediate.int_cell_values as
    select wave_id, 1 as subject_number, post_stratum_number as profile_id, answer, answer::double as score,
        (answer >= 4)::integer::double as favourable,
        count(*) as respondents, sum(weight) as weight_sum, sum(weight * weight) as weight_square_sum
    from samples join warehouse.intermediate.int_strata using (wave_id, post_stratum)
    group by all;
"""


def _intervals(compiled: Path, population: pd.DataFrame) -> pd.DataFrame:
    """What the models make of every sample."""
    with duckdb.connect() as connection:
        register(connection)
        connection.register("samples", _draw(population))
        connection.register("population", population)
        connection.execute("attach ':memory:' as warehouse")
        connection.execute(INPUTS)
        for model in MODELS:
            # Folders named after a yml hold what its unit tests were given.
            (file,) = (path for path in compiled.rglob(f"{model}.sql") if not path.parent.suffix)
            connection.execute(f"create table warehouse.intermediate.{model} as {file.read_text()}")
        return connection.execute("from warehouse.intermediate.int_intervals").df()


def test_intervals_hold_the_truth_in_95_of_100_samples(
    sample: Warehouse, population: pd.DataFrame
) -> None:
    everyone = pd.concat(
        [
            population.assign(
                breakdown=breakdown,
                group_code="all" if breakdown == "total" else population[breakdown],
                value=population["answer"]
                if measure == "item_score"
                else population["answer"] >= 4,
                measure=measure,
            )
            for breakdown in ("total", "role", "ministry")
            for measure in ("item_score", "item_favourable")
        ]
    )
    keys = ["measure", "breakdown", "group_code"]
    truth = everyone.astype({"value": float}).groupby(keys)["value"].mean().rename("truth")
    intervals = _intervals(sample.home / "dbt" / "compiled", population).join(truth, on=keys)
    assert len(intervals) == SAMPLES * len(truth)
    holds = intervals["truth"].between(intervals["ci_low"], intervals["ci_high"])
    coverage = holds.groupby([intervals[key] for key in keys]).mean()
    assert coverage.between(0.935, 0.965).all(), coverage
