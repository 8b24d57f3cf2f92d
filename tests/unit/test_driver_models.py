"""Which groups become terms of a driver model, what is said of the others, and when there is no model.

What belongs here: rules shown on people made up for each. What does not: agreement with other
software on real figures, which the acceptance tests have.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS

from orchestration.statistics.driver_models import (
    COLLINEAR,
    NOT_ASKED,
    ONE_GROUP,
    OTHER_REFERENCE,
    Attribute,
    driver_models,
)

MINIMUM = 10
ROLE = Attribute("role", "employee", ["manager", "employee"])
DOMAIN = Attribute("domain", "policy", ["policy", "operations", "inspection"])
# Two organisations under one ministry, a third under another: the ministry follows.
ORGANISATION = Attribute("organisation", "a", ["a", "b", "c"])
MINISTRY = Attribute("ministry", "first", ["first", "second"])


def people(rows: int = 120, seed: int = 1) -> pd.DataFrame:
    """Respondents of two strata with a score that depends on role and domain, and on chance."""
    chance = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "stratum": np.repeat(["north", "south"], [rows // 2, rows - rows // 2]),
            "role": chance.choice(ROLE.groups, rows),
            "domain": chance.choice(DOMAIN.groups, rows),
            "organisation": chance.choice(ORGANISATION.groups, rows),
            "weight": chance.uniform(0.5, 2, rows),
        }
    )
    frame["ministry"] = np.where(frame["organisation"] == "c", "second", "first")
    frame["score"] = 3 + 0.4 * (frame["role"] == "manager") + chance.normal(0, 0.5, rows)
    return frame


def model(frame: pd.DataFrame, *attributes: Attribute, together: bool = True) -> dict[str, Any]:
    """The model of these people, counted `together` by their groups, or each as a cell of its own."""
    names = [attribute.attribute_id for attribute in attributes]
    w, x = frame["weight"], frame["score"]
    sums = pd.DataFrame(
        {
            "respondents": 1,
            "weight_sum": w,
            "weight_square_sum": w**2,
            "weighted_value_sum": w * x,
            "weighted_value_square_sum": w * x**2,
            "weight_square_value_sum": w**2 * x,
            "weight_square_value_square_sum": w**2 * x**2,
        }
    )
    keys = [frame[name] for name in ["stratum", *names]]
    if together:
        sums = sums.groupby(keys, dropna=False).sum().reset_index()
    else:
        sums = pd.concat([*keys, sums], axis=1)
    size = frame.groupby("stratum")["score"].size()
    cells = sums.assign(
        wave_id="w",
        theme_id="t",
        post_stratum=sums["stratum"],
        post_stratum_respondents=sums["stratum"].map(size),
        stratum_respondents=sums["stratum"].map(size),
        sampling_fraction=0.25,
    )
    codes = [
        [None if pd.isna(code) else str(code) for code in row]
        for row in sums[names].itertuples(index=False)
    ]
    table = pa.Table.from_pandas(cells.drop(columns=names), preserve_index=False)
    table = table.append_column("group_codes", pa.array(codes, pa.list_(pa.string())))
    (row,) = driver_models(table, attributes, MINIMUM, {"w": "v"}).to_pylist()
    return dict(row)


def attribute(row: dict[str, Any], attribute_id: str) -> dict[str, Any]:
    (found,) = (one for one in row["attributes"] if one["attribute_id"] == attribute_id)
    return dict(found)


def coefficients(row: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["group_code"]: one for one in row["coefficients"]}


def test_what_follows_from_the_attributes_before_it_is_left_out_and_said() -> None:
    row = model(people(), ORGANISATION, MINISTRY)
    ministry = attribute(row, "ministry")
    assert (ministry["terms"], ministry["note"], ministry["wald_f"]) == (0, COLLINEAR, None)
    assert coefficients(row)["second"]["note"] == COLLINEAR
    assert coefficients(row)["second"]["coefficient"] is None
    alone = model(people(), ORGANISATION)
    assert coefficients(row)["b"] == coefficients(alone)["b"]


def test_of_an_attribute_that_follows_in_part_the_rest_is_tested() -> None:
    row = model(people(), MINISTRY, ORGANISATION)
    assert attribute(row, "organisation")["terms"] == 1
    assert attribute(row, "organisation")["numerator_degrees_of_freedom"] == 1
    assert coefficients(row)["c"]["note"] == COLLINEAR
    assert coefficients(row)["b"]["standard_error"] is not None


def test_an_attribute_that_the_wave_did_not_ask_costs_nobody() -> None:
    frame = people().assign(domain=None)
    row = model(frame, ROLE, DOMAIN)
    assert row["respondents"] == len(frame)
    assert attribute(row, "domain")["note"] == NOT_ASKED
    assert attribute(row, "domain")["terms"] == 0


def test_who_left_one_attribute_blank_is_not_in_the_model() -> None:
    frame = people()
    frame.loc[:6, "domain"] = None
    row = model(frame, ROLE, DOMAIN)
    complete = frame.dropna()
    assert row["respondents"] == len(complete)
    assert coefficients(row)["manager"]["respondents"] == (complete["role"] == "manager").sum()


def test_an_attribute_of_one_group_has_nothing_to_compare() -> None:
    row = model(people().assign(role="manager"), ROLE, DOMAIN)
    assert attribute(row, "role")["note"] == ONE_GROUP
    assert set(coefficients(row)) == {"operations", "inspection"}


def test_a_reference_under_the_minimum_gives_way_to_the_largest_group() -> None:
    frame = people()
    frame["domain"] = np.where(frame.index < MINIMUM - 1, "policy", "operations")
    frame.loc[frame.index >= 80, "domain"] = "inspection"
    row = model(frame, DOMAIN)
    assert attribute(row, "domain")["reference_group"] == "operations"
    assert attribute(row, "domain")["note"] == OTHER_REFERENCE
    assert set(coefficients(row)) == {"policy", "inspection"}


def test_a_group_under_the_minimum_stays_in_the_model_and_out_of_the_joint_test() -> None:
    frame = people()
    frame["domain"] = np.where(frame.index % 2 == 0, "policy", "operations")
    frame.loc[: MINIMUM - 2, "domain"] = "inspection"
    row = model(frame, DOMAIN)
    assert attribute(row, "domain")["terms"] == 2
    assert attribute(row, "domain")["numerator_degrees_of_freedom"] == 1
    assert attribute(row, "domain")["wald_f"] == pytest.approx(
        coefficients(row)["operations"]["t"] ** 2, rel=1e-9
    )


def test_more_terms_than_respondents_allow_gives_no_model() -> None:
    row = model(people(rows=5), ROLE, DOMAIN, ORGANISATION)
    assert row["respondents"] == 5
    assert row["degrees_of_freedom"] < 1
    assert row["r_squared"] is None
    assert row["coefficients"] is None


def test_a_score_that_never_varies_has_no_error_and_no_test() -> None:
    row = model(people().assign(score=3.0), ROLE)
    manager = coefficients(row)["manager"]
    assert manager["coefficient"] == pytest.approx(0, abs=1e-12)
    assert manager["standard_error"] is None
    assert attribute(row, "role")["p_value"] is None
    assert row["r_squared"] is None


def test_without_weights_the_coefficients_are_those_of_least_squares() -> None:
    frame = people().assign(weight=1.0)
    row = model(frame, ROLE, DOMAIN)
    design = pd.DataFrame(
        {
            "intercept": 1.0,
            "manager": (frame["role"] == "manager").astype(float),
            "operations": (frame["domain"] == "operations").astype(float),
            "inspection": (frame["domain"] == "inspection").astype(float),
        }
    )
    fit = OLS(frame["score"], design).fit()
    for group in ("manager", "operations", "inspection"):
        assert coefficients(row)[group]["coefficient"] == pytest.approx(fit.params[group], rel=1e-9)
    assert row["r_squared"] == pytest.approx(fit.rsquared, rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), factor=st.floats(1e-3, 1e3))
def test_weights_times_a_constant_change_no_figure(seed: int, factor: float) -> None:
    frame = people(seed=seed)
    row = model(frame, ROLE, DOMAIN)
    scaled = model(frame.assign(weight=frame["weight"] * factor), ROLE, DOMAIN)
    for group, figures in coefficients(row).items():
        for name in ("coefficient", "standard_error", "p_value"):
            assert coefficients(scaled)[group][name] == pytest.approx(figures[name], rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_people_of_the_same_groups_may_be_counted_together(seed: int) -> None:
    frame = people(seed=seed)
    together, apart = (model(frame, ROLE, DOMAIN, together=choice) for choice in (True, False))
    for group, figures in coefficients(together).items():
        for name in ("coefficient", "standard_error", "p_value"):
            assert coefficients(apart)[group][name] == pytest.approx(figures[name], rel=1e-7)
    assert apart["r_squared"] == pytest.approx(together["r_squared"], rel=1e-9)


def test_where_nobody_answered_every_attribute_there_is_no_model() -> None:
    frame = people()
    frame.loc[frame.index % 2 == 0, "role"] = None
    frame.loc[frame.index % 2 == 1, "domain"] = None
    row = model(frame, ROLE, DOMAIN)
    assert (row["respondents"], row["coefficients"]) == (0, None)
