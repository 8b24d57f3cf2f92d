"""The driver models are those of R's `svyglm` on the reference sample, and of statsmodels on the waves.

What belongs here: published coefficients, errors and joint tests against other software. What does
not: which groups become terms, which the unit tests of `driver_models` say.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.regression.linear_model import WLS

from tests.acceptance.conftest import Warehouse
from tests.acceptance.respondents import design_variance, theme_scores
from tests.golden_survey import GOLDEN, SKIP_REASON

pytestmark = pytest.mark.slow

Row = dict[str, Any]

# R 4.2 with survey 4.1-1, `score` the mean of a respondent's valid q1 to q4, references MW and beleid:
#   model <- svyglm(score ~ role + domain, design); coef(summary(model)); confint(model)
#   regTermTest(model, "role"); regTermTest(model, "domain")
# Per term: coefficient, standard error, t, p, and the bounds of the 95 % interval; per test F, df, ddf, p.
R_COEFFICIENTS = {
    "weights_only": {
        "LG": (0.34192071037551741, 0.088686774329268581, 3.8553742986080852, 1.3485646702747223e-04, 0.16756358816352640, 0.51627783258750837),
        "bedrijfsvoering": (-0.31107390683329228, 0.106091369524420359, -2.9321320690623054, 3.5623520277686892e-03, -0.51964825201276499, -0.10249956165381963),
        "toezicht": (-0.35530533649357071, 0.110762391695312309, -3.2078156769217538, 1.4465321169883270e-03, -0.57306285458314821, -0.13754781840399316),
        "uitvoering": (-0.21266626765757166, 0.078914270564974895, -2.6949025332809819, 7.3415136275628620e-03, -0.36781076604786422, -0.05752176926727906),
    },
    "stratified": {
        "LG": (0.34192071037551741, 0.088882993603199845, 3.8468631232421502, 1.3960945324907321e-04, 0.16717371338836670, 0.51666770736266820),
        "bedrijfsvoering": (-0.31107390683329228, 0.105963482988878574, -2.9356708373387570, 3.5243483189023399e-03, -0.51940172852289546, -0.10274608514368896),
        "toezicht": (-0.35530533649357071, 0.110973680270265523, -3.2017081494302015, 1.4776148076399334e-03, -0.57348337692292661, -0.13712729606421473),
        "uitvoering": (-0.21266626765757166, 0.079101209547621995, -2.6885337009864347, 7.4827689553772954e-03, -0.36818194356073625, -0.05715059175440701),
    },
    "stratified_fpc": {
        "LG": (0.34192071037551741, 0.088622272443810601, 3.8581803529390002, 1.3352816599543970e-04, 0.16768630008023347, 0.516155120670801493),
        "bedrijfsvoering": (-0.31107390683329228, 0.105616583911274195, -2.9453130873331177, 3.4186758962628226e-03, -0.51871971310451748, -0.103428100562066999),
        "toezicht": (-0.35530533649357071, 0.110609775570520499, -3.2122417269262229, 1.4258379485445247e-03, -0.57276792787140340, -0.137842745115737964),
        "uitvoering": (-0.21266626765757166, 0.078869678931093049, -2.6964261873485520, 7.3109440328945254e-03, -0.36772674647174486, -0.057605788843398398),
    },
}  # fmt: skip
R_TESTS = {
    "weights_only": {"role": (14.863910982367788, 1, 395, 1.3485646702747223e-04), "domain": (5.5489366887680314, 3, 395, 9.7209466594772183e-04)},
    "stratified": {"role": (14.798355888960348, 1, 392, 1.3960945324907346e-04), "domain": (5.5406850759538750, 3, 392, 9.8418807390538419e-04)},
    "stratified_fpc": {"role": (14.885555635804511, 1, 392, 1.3352816599543951e-04), "domain": (5.5753869838157888, 3, 392, 9.3876337945742567e-04)},
}  # fmt: skip
COEFFICIENT = ("coefficient", "standard_error", "t", "p_value", "ci_low", "ci_high")
TEST = ("wald_f", "numerator_degrees_of_freedom", "denominator_degrees_of_freedom", "p_value")


def _rows(warehouse: Warehouse, table: str) -> list[Row]:
    with warehouse.published() as connection:
        rows: list[Row] = connection.execute(f"from marts.{table}").to_arrow_table().to_pylist()
    return rows


@pytest.mark.skipif(not GOLDEN.is_dir(), reason=SKIP_REASON)
@pytest.mark.parametrize("design", R_COEFFICIENTS)
def test_coefficients_and_their_errors_are_those_of_svyglm(golden: Warehouse, design: str) -> None:
    ours = {
        row["group_code"]: [row[figure] for figure in COEFFICIENT]
        for row in _rows(golden, "drivers")
        if row["wave_id"] == design
    }
    assert set(ours) == set(R_COEFFICIENTS[design])
    for group, theirs in R_COEFFICIENTS[design].items():
        assert ours[group] == pytest.approx(theirs, rel=1e-9), group


@pytest.mark.skipif(not GOLDEN.is_dir(), reason=SKIP_REASON)
@pytest.mark.parametrize("design", R_TESTS)
def test_attributes_are_tested_as_by_reg_term_test(golden: Warehouse, design: str) -> None:
    ours = {
        row["attribute_id"]: [row[figure] for figure in TEST]
        for row in _rows(golden, "driver_attributes")
        if row["wave_id"] == design
    }
    for attribute, theirs in R_TESTS[design].items():
        assert ours[attribute] == pytest.approx(theirs, rel=1e-9), attribute


class Model:
    """One of the published models, and the same one fitted anew person by person."""

    def __init__(self, sample: Warehouse, wave_id: str, theme_id: str) -> None:
        def of_model(table: str) -> list[Row]:
            rows = _rows(sample, table)
            return [r for r in rows if (r["wave_id"], r["theme_id"]) == (wave_id, theme_id)]

        self.terms = of_model("drivers")
        self.attributes = {row["attribute_id"]: row for row in of_model("driver_attributes")}
        (self.figures,) = of_model("driver_models")
        people = theme_scores(sample, wave_id)
        people = people.dropna(subset=[theme_id, *self.attributes])
        self.people = people.reset_index(drop=True)
        self.score = self.people[theme_id]
        self.design = self._design()
        self.fit = WLS(self.score, self.design, weights=self.people["weight"]).fit()

    def _design(self) -> pd.DataFrame:
        """A column per group, save the references; the small groups, whose row is hidden, too."""
        columns = {"intercept": np.ones(len(self.people))}
        for attribute, row in self.attributes.items():
            for group in sorted(set(self.people[attribute]) - {row["reference_group"]}):
                columns[f"{attribute}|{group}"] = (self.people[attribute] == group).astype(float)
        return pd.DataFrame(columns)


@pytest.fixture(scope="module", params=[("2022", "5"), ("2024", "3a"), ("2026", "6")], ids="-".join)
def model(sample: Warehouse, request: pytest.FixtureRequest) -> Model:
    return Model(sample, *request.param)


def test_coefficients_are_those_of_statsmodels_on_the_respondents(model: Model) -> None:
    assert model.figures["respondents"] == len(model.people)
    assert model.figures["intercept"] == pytest.approx(model.fit.params["intercept"], rel=1e-9)
    assert model.figures["r_squared"] == pytest.approx(model.fit.rsquared, rel=1e-9)
    assert len(model.terms) == model.design.shape[1] - 1
    for row in model.terms:
        if not row["is_suppressed"]:
            theirs = model.fit.params[f"{row['attribute_id']}|{row['group_code']}"]
            assert row["coefficient"] == pytest.approx(theirs, rel=1e-9, abs=1e-12)


def test_errors_follow_from_each_respondents_influence(model: Model) -> None:
    bread = np.linalg.inv(model.design.T @ model.design.mul(model.people["weight"], axis=0))
    influence = model.design.mul(model.people["weight"] * model.fit.resid, axis=0) @ bread
    influence.columns = model.design.columns
    for row in model.terms:
        if not row["is_suppressed"]:
            residuals = influence[f"{row['attribute_id']}|{row['group_code']}"]
            theirs = np.sqrt(design_variance(model.people, residuals))
            assert row["standard_error"] == pytest.approx(theirs, rel=1e-9)


def test_an_attributes_inflation_is_the_root_of_the_variance_inflation_of_its_one_term(
    model: Model,
) -> None:
    (column,) = (str(name) for name in model.design if str(name).startswith("role|"))
    others = model.design.drop(columns=column)
    shared = WLS(model.design[column], others, weights=model.people["weight"]).fit().rsquared
    ours = model.attributes["role"]["inflation"]
    assert ours == pytest.approx((1 / (1 - shared)) ** 0.5, rel=1e-9)
