"""A weighted linear model of a survey: statsmodels' coefficients and tests, with a design-based error.

What belongs here: one model, from the sums of a score by profile. What does not: which groups are its
terms, which `driver_models` decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from statsmodels.base.model import LikelihoodModelResults
from statsmodels.regression.linear_model import WLS

Array = npt.NDArray[np.float64]

# As R's lm: what is left of a column, once the columns before it are taken out.
TOLERANCE = 1e-7


def independent(columns: Array) -> list[int]:
    """The places of the columns that do not follow from the columns before them."""
    kept: list[int] = []
    basis = np.empty((len(columns), 0))
    for place, column in enumerate(columns.T):
        rest = column - basis @ (basis.T @ column)
        # Once more: the first time leaves a rounding of the size of the column.
        rest -= basis @ (basis.T @ rest)
        if np.linalg.norm(rest) > TOLERANCE * np.linalg.norm(column):
            kept.append(place)
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
    return kept


class SurveyRegression:
    """A model of a score on the columns of a design, the first of them the intercept.

    `sums` has, for each row of the design, the sums of `int_driver_cells` over its respondents and
    what their stratum says. The columns must be independent and the degrees of freedom positive.
    """

    def __init__(self, design: Array, sums: Mapping[str, Array], degrees_of_freedom: int) -> None:
        self._design = design
        self._sums = sums
        weights = sums["weight_sum"]
        self._means = sums["weighted_value_sum"] / weights
        fit = WLS(self._means, design, weights=weights).fit(method="qr")
        self._fitted = design @ fit.params
        self._bread = fit.normalized_cov_params
        self._weighted = design * np.sqrt(weights)[:, None]
        self._results = LikelihoodModelResults(
            fit.model, fit.params, normalized_cov_params=self._covariance(), use_t=True
        )
        self._results.df_resid = degrees_of_freedom

    def _covariance(self) -> Array:
        """The sandwich: the variance of a sum of residuals, by the factors of `int_strata`."""
        sums = self._sums
        residuals = sums["weighted_value_sum"] - self._fitted * sums["weight_sum"]
        squares = (
            sums["weight_square_value_square_sum"]
            - 2 * self._fitted * sums["weight_square_value_sum"]
            + self._fitted**2 * sums["weight_square_sum"]
        )
        alone = sums["stratum_respondents"] == 1
        factor = (1 - sums["sampling_fraction"]) * np.where(
            alone, 1, sums["stratum_respondents"] / np.maximum(sums["stratum_respondents"] - 1, 1)
        )
        influence = self._design @ self._bread
        _, first, places = np.unique(sums["post_stratum"], return_index=True, return_inverse=True)
        totals = np.zeros((len(first), influence.shape[1]))
        np.add.at(totals, places, influence * residuals[:, None])
        shared = np.where(alone, 0, factor / sums["post_stratum_respondents"])[first]
        covariance: Array = (influence * (factor * squares)[:, None]).T @ influence
        covariance -= (totals * shared[:, None]).T @ totals
        return covariance

    @cached_property
    def r_squared(self) -> float | None:
        """The weighted share of the score's variance that the model accounts for."""
        sums = self._sums
        total = float(
            sums["weighted_value_square_sum"].sum()
            - sums["weighted_value_sum"].sum() ** 2 / sums["weight_sum"].sum()
        )
        return 1 - self._left / total if total > self._rounding else None

    @cached_property
    def _left(self) -> float:
        """The weighted sum of squared residuals."""
        sums = self._sums
        return float(
            (
                sums["weighted_value_square_sum"]
                - 2 * self._fitted * sums["weighted_value_sum"]
                + self._fitted**2 * sums["weight_sum"]
            ).sum()
        )

    @cached_property
    def _rounding(self) -> float:
        """The most that rounding may leave of a sum of squares that is 0."""
        return 1e-12 * float(self._sums["weighted_value_square_sum"].sum())

    @cached_property
    def condition_number(self) -> float:
        """Of the weighted design, its columns scaled to one length (Belsley, Kuh and Welsch 1980)."""
        return float(np.linalg.cond(self._weighted / np.linalg.norm(self._weighted, axis=0)))

    def coefficient(self, place: int) -> dict[str, float | None]:
        """A column's coefficient; its error, t, p and 95 % interval are None where nothing varies."""
        results = self._results
        figures: dict[str, float | None] = {"coefficient": float(results.params[place])}
        if self._left > self._rounding:
            low, high = results.conf_int()[place]
            figures |= {
                "standard_error": float(results.bse[place]),
                "t": float(results.tvalues[place]),
                "p_value": float(results.pvalues[place]),
                "ci_low": float(low),
                "ci_high": float(high),
            }
        return figures

    def joint_test(self, places: Sequence[int]) -> dict[str, float | int]:
        """Wald's F that the coefficients of these columns are all 0, as R's `regTermTest`.

        Empty where their covariance is singular, as where nothing varies.
        """
        covariance = self._results.cov_params()[np.ix_(places, places)]
        if (
            not places
            or self._left <= self._rounding
            or np.linalg.matrix_rank(covariance) < len(places)
        ):
            return {}
        test = self._results.wald_test(
            np.eye(self._design.shape[1])[places], use_f=True, scalar=True
        )
        return {
            "wald_f": float(test.statistic),
            "numerator_degrees_of_freedom": len(places),
            "p_value": float(test.pvalue),
        }

    def inflation(self, places: Sequence[int]) -> float:
        """How much wider the intervals of these columns are for what they share with the others.

        The generalised variance inflation factor to the power 1/(2·columns) (Fox and Monette 1992).
        """
        covariance = self._bread[1:, 1:]
        deviations = np.sqrt(np.diag(covariance))
        correlations = covariance / np.outer(deviations, deviations)
        own = np.zeros(len(correlations), bool)
        own[np.asarray(places) - 1] = True
        logarithm = (
            np.linalg.slogdet(correlations[np.ix_(own, own)])[1]
            + np.linalg.slogdet(correlations[np.ix_(~own, ~own)])[1]
            - np.linalg.slogdet(correlations)[1]
        )
        return float(np.exp(logarithm / (2 * len(places))))
