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
    ),
    shares=("favourable_share",),
)
RESPONSE = Mart(
    table="response",
    key=("wave_id", *GROUP),
    respondents="returned",
    required=("returned", "usable", "item_nonresponse_share"),
    optional=("response_rate", "coverage"),
    shares=("response_rate", "item_nonresponse_share"),
)
RESULTS = (ITEM_RESULTS, ITEM_DISTRIBUTIONS, THEME_RESULTS, RESPONSE)

DIM_WAVES = Mart("dim_waves", ("wave_id",))
DIM_ITEM_VERSIONS = Mart("dim_item_versions", ("wave_id", "item_id"))
DIMENSIONS = (
    DIM_WAVES,
    Mart("dim_themes", ("theme_id",)),
    Mart("dim_items", ("item_id",)),
    DIM_ITEM_VERSIONS,
    Mart("dim_answers", ("scale_id", "answer")),
    Mart("dim_groups", GROUP),
    Mart("dim_organisations", ("organisation_code", "valid_from")),
    Mart("deliveries", ("wave_id", "revision")),
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
