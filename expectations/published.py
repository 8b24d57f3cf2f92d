"""The published tables as the suite of the marts knows them: their keys and their figures.

What belongs here: names that readers depend on, and declaring one check for several tables. What
does not: what is promised of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from expectations.declarations import Check, Expectation, Scope
from expectations.survey import Severity
from orchestration.sql import identifiers

GROUP = ("breakdown", "group_code")


@dataclass(frozen=True)
class Mart:
    """A published table: its key and, where it describes groups of respondents, its figures.

    `respondents` counts the people that a row describes. `required` has a value in every group that
    is shown; `optional` may be unknown there. A hidden group has none of them. `shares` are those
    of them that lie between 0 and 1.
    """

    table: str
    key: tuple[str, ...]
    respondents: str = "respondents"
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    shares: tuple[str, ...] = ()

    @property
    def figures(self) -> tuple[str, ...]:
        """All that a hidden group must not have."""
        return self.required + self.optional

    @property
    def key_columns(self) -> str:
        """The key, as SQL lists columns."""
        return identifiers(self.key)

    @property
    def group_columns(self) -> str:
        """The key of a group that is shown or hidden as one, as SQL lists columns."""
        return identifiers(column for column in self.key if column != "answer")


ITEM_RESULTS = Mart(
    table="item_results",
    key=("wave_id", "item_id", *GROUP),
    required=("respondents", "mean", "mean_unweighted", "rank_in_theme"),
    optional=(
        *("standard_deviation", "standard_error", "ci_low", "ci_high", "ci_method"),
        *("favourable_share", "favourable_share_unweighted", "favourable_se"),
        *("favourable_ci_low", "favourable_ci_high", "favourable_ci_method"),
        *("median", "consensus", "effective_n", "design_effect", "dont_know_share"),
    ),
    shares=(
        *("favourable_share", "favourable_share_unweighted"),
        *("favourable_ci_low", "favourable_ci_high", "consensus", "dont_know_share"),
    ),
)
ITEM_DISTRIBUTIONS = Mart(
    table="item_distributions",
    key=("wave_id", "item_id", *GROUP, "answer"),
    required=("respondents", "share"),
    shares=("share",),
)
THEME_RESULTS = Mart(
    table="theme_results",
    key=("wave_id", "theme_id", *GROUP),
    required=("respondents", "mean", "mean_unweighted"),
    optional=(
        *("standard_deviation", "standard_error", "ci_low", "ci_high", "ci_method"),
        *("favourable_share", "effective_n", "design_effect"),
        *("favourable_score", "favourable_score_se"),
        *("favourable_score_ci_low", "favourable_score_ci_high"),
    ),
    shares=("favourable_share", "favourable_score"),
)
RESPONSE = Mart(
    table="response",
    key=("wave_id", *GROUP),
    respondents="returned",
    required=("returned", "usable"),
    optional=("response_rate", "coverage", "item_nonresponse_share"),
    shares=("response_rate", "item_nonresponse_share"),
)
COMPARED = ("respondents", "reference_respondents", "difference")
DIFFERENCE = (
    *("standard_error", "t", "degrees_of_freedom", "p_value", "p_holm", "p_bh"),
    *("p_equivalent", "hedges_g", "hedges_g_low", "hedges_g_high"),
    *("welch_t", "welch_degrees_of_freedom", "welch_p_value"),
)
PROBABILITIES = ("p_value", "p_holm", "p_bh", "p_equivalent", "welch_p_value")
GROUP_DIFFERENCES = Mart(
    table="group_differences",
    key=("wave_id", "item_id", *GROUP, "reference_code"),
    required=COMPARED,
    optional=(*DIFFERENCE, "favourable_difference", "favourable_difference_se", "cohens_h"),
    shares=PROBABILITIES,
)
THEME_DIFFERENCES = Mart(
    table="theme_differences",
    key=("wave_id", "theme_id", *GROUP, "reference_code"),
    required=COMPARED,
    optional=(*DIFFERENCE, "favourable_difference", "favourable_difference_se"),
    shares=PROBABILITIES,
)
GROUP_TESTS = Mart(
    table="group_tests",
    key=("wave_id", "theme_id", "item_id", "breakdown"),
    optional=("wald_f", "p_value", "p_holm", "p_bh", "welch_f", "welch_p_value"),
    shares=("p_value", "p_holm", "p_bh", "welch_p_value"),
)
TRENDS = Mart(
    table="trends",
    key=("wave_id", "theme_id", "item_id", *GROUP, "basis"),
    required=("respondents", "previous_respondents", "mean", "previous_mean"),
    optional=(
        *("difference", "standard_error", "t", "degrees_of_freedom", "p_value", "p_holm", "p_bh"),
        *("favourable_difference", "favourable_difference_se"),
    ),
    shares=("p_value", "p_holm", "p_bh"),
)
BENCHMARKS = Mart(
    table="benchmarks",
    key=("wave_id", "theme_id", "item_id", *GROUP),
    required=("mean", "peers", "place"),
    optional=(
        *("peer_median", "peer_quartile_low", "peer_quartile_high"),
        *("previous_mean", "difference_from_previous"),
    ),
)
FINDINGS = Mart(
    table="findings",
    key=("wave_id", "finding_id"),
    required=("respondents", "tests", "tests_as_claimed", "tests_opposite"),
    optional=(
        *("difference", "standard_error", "t", "degrees_of_freedom", "p_holm"),
        *("items", "items_different", "items_equivalent", "consensus", "place"),
    ),
    shares=("p_holm", "consensus"),
)
FINDING_EVIDENCE = Mart(
    table="finding_evidence",
    key=(
        *("wave_id", "finding_id", "measure", "subject_id", "reference_id"),
        *("group_code", "reference_code"),
    ),
    required=("respondents",),
    optional=(
        *("difference", "standard_error", "t", "degrees_of_freedom"),
        *("p_value", "p_holm", "p_equivalent"),
    ),
    shares=("p_value", "p_holm", "p_equivalent"),
)
THEME_RELIABILITY = Mart(
    table="theme_reliability",
    key=("wave_id", "theme_id"),
    required=("respondents",),
    optional=("alpha",),
)
RELATIONS = Mart(
    table="relations",
    key=("wave_id", "pressure_theme_id", "craft_theme_id", "method"),
    required=("respondents",),
    optional=(
        *("correlation", "standard_error", "ci_low", "ci_high"),
        *("t", "degrees_of_freedom", "p_value", "p_holm", "p_bh"),
    ),
    shares=("p_value", "p_holm", "p_bh"),
)
DRIVERS = Mart(
    table="drivers",
    key=("wave_id", "theme_id", "attribute_id", "group_code"),
    required=("respondents", "reference_respondents"),
    optional=(
        *("coefficient", "standard_error", "ci_low", "ci_high"),
        *("t", "degrees_of_freedom", "p_value"),
    ),
    shares=("p_value",),
)
DRIVER_ATTRIBUTES = Mart(
    table="driver_attributes",
    key=("wave_id", "theme_id", "attribute_id"),
    required=("respondents",),
    optional=(
        *("wald_f", "numerator_degrees_of_freedom", "denominator_degrees_of_freedom"),
        *("p_value", "p_holm", "p_bh", "inflation"),
    ),
    shares=("p_value", "p_holm", "p_bh"),
)
DRIVER_MODELS = Mart(
    table="driver_models",
    key=("wave_id", "theme_id"),
    required=("respondents", "degrees_of_freedom"),
    optional=("intercept", "intercept_se", "r_squared", "condition_number"),
    shares=("r_squared",),
)
# A survey that declares no such themes or terms has no row in them.
RELATED = (RELATIONS, DRIVERS, DRIVER_ATTRIBUTES, DRIVER_MODELS)
RESULTS = (
    ITEM_RESULTS,
    ITEM_DISTRIBUTIONS,
    THEME_RESULTS,
    RESPONSE,
    GROUP_DIFFERENCES,
    THEME_DIFFERENCES,
    THEME_RELIABILITY,
)
# All that say nothing of a group that is hidden.
WITH_FIGURES = (
    *RESULTS,
    GROUP_TESTS,
    TRENDS,
    BENCHMARKS,
    FINDINGS,
    FINDING_EVIDENCE,
    *RELATED,
)
# The theme tables have one set of columns, made from those above.
THEME_TABLE_FIGURES = frozenset(
    (
        *("respondents", "mean", "standard_error", "ci_low", "ci_high"),
        *("favourable_share", "favourable_ci_low", "favourable_ci_high"),
        *("share_1", "share_2", "share_3", "share_4", "share_5", "rank_in_theme"),
        *("difference_from_rest", "p_holm_from_rest"),
        *("difference_from_previous", "p_holm_from_previous"),
    )
)

DIM_WAVES = Mart("dim_waves", ("wave_id",))
WEIGHTING = Mart("weighting", ("wave_id",))
DIM_ITEM_VERSIONS = Mart("dim_item_versions", ("wave_id", "item_id"))
DIMENSIONS = (
    DIM_WAVES,
    WEIGHTING,
    Mart("dim_themes", ("theme_id",)),
    Mart("dim_items", ("item_id",)),
    DIM_ITEM_VERSIONS,
    Mart("dim_answers", ("scale_id", "answer")),
    Mart("dim_groups", GROUP),
    Mart("dim_organisations", ("organisation_code", "valid_from")),
    Mart("deliveries", ("wave_id", "revision")),
    Mart("suppression", ("wave_id", "mart")),
)


def check_each(
    *marts: Mart, title: str, remedy: str, severity: Severity = "block"
) -> Callable[[Callable[[Mart, Scope], Iterator[Expectation]]], tuple[Check, ...]]:
    """Declares a function that gives expectations of a mart as `<mart>_<function>`, for each mart."""

    def declared(builder: Callable[[Mart, Scope], Iterator[Expectation]]) -> tuple[Check, ...]:
        return tuple(
            Check(
                name=f"{mart.table}_{builder.__name__}",
                layer="marts",
                table=mart.table,
                title=title,
                severity=severity,
                remedy=remedy,
                expectations=partial(builder, mart),
            )
            for mart in marts
        )

    return declared
