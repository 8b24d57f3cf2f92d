"""What a published figure can be: checks on the numbers of the marts, part of their suite.

What belongs here: bounds, sums and orders that hold whatever people answered. What does not: the
figures themselves, which are held against other software in the tests.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.declarations import Expectation, Scope, no_rows, values_between
from expectations.published import (
    FINDING_EVIDENCE,
    FINDINGS,
    GROUP_TESTS,
    ITEM_DISTRIBUTIONS,
    ITEM_RESULTS,
    RELATED,
    RELATIONS,
    RESPONSE,
    RESULTS,
    THEME_RESULTS,
    TRENDS,
    Mart,
    check_each,
)
from expectations.sql import literal, relation
from orchestration.sql import identifier

MEND_FIGURE = "Mend the model that computes it and run again; what is published stays as it was."
MEND_POPULATION = "Look up the headcount of the group and mend its row in population.csv."

# Far above what rounding can do, far below what a reader can see.
TOLERANCE = 1e-9


@check_each(ITEM_RESULTS, THEME_RESULTS, title="Every mean lies on its scale", remedy=MEND_FIGURE)
def means_within_scale(mart: Mart, scope: Scope) -> Iterator[Expectation]:
    bounds: dict[tuple[str, str], list[int]] = {}
    for item in scope.items:
        subject = item.item_id if mart is ITEM_RESULTS else item.theme_id
        bounds.setdefault((item.wave_id, subject), []).extend(item.scores)
    means = ("mean", "mean_unweighted", *(("median",) if mart is ITEM_RESULTS else ()))
    yield no_rows(
        """
        select {key}, {means}, lowest, highest
        from batch join {scales} as scale(wave_id, {subject}, lowest, highest)
            using (wave_id, {subject})
        where least({means}) < lowest - {tolerance} or greatest({means}) > highest + {tolerance}
        """,
        key=mart.key_columns,
        means=", ".join(means),
        subject=identifier(mart.key[1]),
        scales=relation((*key, min(scores), max(scores)) for key, scores in bounds.items()),
        tolerance=literal(TOLERANCE),
    )


@check_each(
    ITEM_RESULTS, THEME_RESULTS, title="Every interval contains its mean", remedy=MEND_FIGURE
)
def intervals_contain_means(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield _interval_contains(mart, "mean", "ci_low", "ci_high")


@check_each(ITEM_RESULTS, title="Every interval contains its favourable share", remedy=MEND_FIGURE)
def intervals_contain_shares(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield _interval_contains(mart, "favourable_share", "favourable_ci_low", "favourable_ci_high")


@check_each(
    ITEM_RESULTS,
    THEME_RESULTS,
    title="No error or spread is below zero, or no number",
    remedy=MEND_FIGURE,
)
def errors_are_numbers(mart: Mart, _: Scope) -> Iterator[Expectation]:
    spreads = (
        "standard_deviation",
        "standard_error",
        "favourable_se",
        "effective_n",
        "design_effect",
    )
    listed = [column for column in spreads if column in mart.figures]
    yield no_rows(
        "select {key}, {listed} from batch where {wrong}",
        key=mart.key_columns,
        listed=", ".join(listed),
        wrong=" or ".join(f"{column} < 0 or not isfinite({column})" for column in listed),
    )


@check_each(
    *(mart for mart in RESULTS if mart.shares),
    TRENDS,
    *RELATED,
    FINDINGS,
    FINDING_EVIDENCE,
    GROUP_TESTS,
    title="Every share and probability lies between 0 and 1",
    remedy=MEND_FIGURE,
)
def shares_within_bounds(mart: Mart, _: Scope) -> Iterator[Expectation]:
    for column in mart.shares:
        yield values_between(column, lowest=-TOLERANCE, highest=1 + TOLERANCE)


@check_each(
    RELATIONS,
    title="Every correlation lies between -1 and 1, and in its interval",
    remedy=MEND_FIGURE,
)
def correlations_within_bounds(mart: Mart, _: Scope) -> Iterator[Expectation]:
    for column in ("correlation", "ci_low", "ci_high"):
        yield values_between(column, lowest=-1, highest=1)
    yield _interval_contains(mart, "correlation", "ci_low", "ci_high")


@check_each(
    ITEM_RESULTS,
    title="Ranks in a theme run from 1 without holes, save after ties",
    remedy=MEND_FIGURE,
)
def ranks_whole(_: Mart, __: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        select wave_id, theme_id, breakdown, group_code, item_id, rank_in_theme,
            rank() over (
                partition by wave_id, theme_id, breakdown, group_code order by rank_in_theme
            ) as rank_expected,
        from batch
        where rank_in_theme is not null
        qualify rank_in_theme <> rank_expected
        """
    )


@check_each(
    ITEM_DISTRIBUTIONS, title="The shares of an item's answers add to 1", remedy=MEND_FIGURE
)
def shares_add_up(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        select {group}, sum(share) as total from batch
        where share is not null
        group by all
        having not abs(sum(share) - 1) <= {tolerance}
        """,
        group=mart.group_columns,
        tolerance=literal(TOLERANCE),
    )


@check_each(
    ITEM_DISTRIBUTIONS,
    title="Every answer of the scale has a row in every group, and no other has",
    remedy=MEND_FIGURE,
)
def answers_listed(mart: Mart, scope: Scope) -> Iterator[Expectation]:
    answers = relation(
        (item.wave_id, item.item_id, score) for item in scope.items for score in item.scores
    )
    yield no_rows(
        """
        select {key}
        from (select distinct {group} from batch)
        join {answers} as scale(wave_id, item_id, answer) using (wave_id, item_id)
        except
        select {key} from batch
        """,
        group=mart.group_columns,
        key=mart.key_columns,
        answers=answers,
    )
    yield no_rows(
        """
        select {key} from batch
        anti join {answers} as scale(wave_id, item_id, answer) using (wave_id, item_id, answer)
        """,
        key=mart.key_columns,
        answers=answers,
    )


@check_each(
    ITEM_DISTRIBUTIONS,
    title="Answers add to the respondents of the result, and hide with it",
    remedy=MEND_FIGURE,
)
def agrees_with_item_results(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        with counted as (
            select {group}, sum(respondents) as in_distribution, bool_or(is_suppressed) as hidden,
            from batch group by all
        )
        select {group}, in_distribution, respondents as in_result, hidden, is_suppressed as result_hidden
        from counted full join item_results using ({group})
        where in_distribution is distinct from respondents or hidden is distinct from is_suppressed
        """,
        group=mart.group_columns,
    )


@check_each(
    RESPONSE,
    title="No more are usable than returned, nor returned than invited",
    remedy=MEND_FIGURE,
)
def response_in_order(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield no_rows(
        "select {key}, invited, returned, usable from batch where usable > returned or returned > invited",
        key=mart.key_columns,
    )


@check_each(
    RESPONSE,
    title="No group has more respondents than people",
    remedy=MEND_POPULATION,
    severity="warn",
)
def coverage_within_population(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield no_rows(
        "select {key}, usable, headcount, coverage from batch where not coverage <= 1 + {tolerance}",
        key=mart.key_columns,
        tolerance=literal(TOLERANCE),
    )


CHECKS = (
    *means_within_scale,
    *intervals_contain_means,
    *intervals_contain_shares,
    *errors_are_numbers,
    *shares_within_bounds,
    *correlations_within_bounds,
    *ranks_whole,
    *shares_add_up,
    *answers_listed,
    *agrees_with_item_results,
    *response_in_order,
    *coverage_within_population,
)


def _interval_contains(mart: Mart, figure: str, low: str, high: str) -> Expectation:
    return no_rows(
        """
        select {key}, {figure}, {low}, {high} from batch
        where {low} > {figure} + {tolerance}
            or {high} < {figure} - {tolerance}
            or ({low} is null) <> ({high} is null)
            or ({low} is not null and {figure} is null)
        """,
        key=mart.key_columns,
        figure=figure,
        low=low,
        high=high,
        tolerance=literal(TOLERANCE),
    )
