"""Items that nobody answered, that many left open, or that are answered unlike before.

What belongs here: checks on the answers to one item as a whole; what breaks them is a column, with
the number of respondents. What does not: single respondents.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.answers import meanings, value_counts
from expectations.declarations import Expectation, Scope, no_rows
from expectations.delivery import check
from expectations.sql import literal, relation
from expectations.survey import threshold_value

ASK_FIELDWORK = (
    "Ask the sender whether the question was put, and whether its column was exported whole."
)
ASK_CODES = (
    "Compare codes and wording with the wave before: codes that run the other way need is_reversed, "
    "another question needs another item_id. If opinions did change, raise the threshold and say why."
)


@check("Every item was answered by somebody", severity="warn", remedy=ASK_FIELDWORK)
def items_answered(scope: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        select column_name, coalesce(sum(times) filter (meaning = 'answer'), 0) as respondents
        from ({counts}) join {meanings} using (column_name, value)
        group by column_name
        having respondents < {fewest}
        """,
        counts=value_counts(scope),
        meanings=meanings(scope),
        fewest=literal(threshold_value(scope.codebook, "items_answered")),
    )


@check("No item was left open by too many", severity="warn", remedy=ASK_FIELDWORK)
def item_nonresponse(scope: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        select
            column_name,
            sum(times) filter (meaning in ('not_answered', 'refused')) as respondents,
            sum(times) as asked,
            respondents / asked as share_left_open,
        from ({counts}) join {meanings} using (column_name, value)
        where meaning <> 'not_asked'
        group by column_name
        having share_left_open > {largest_share}
        """,
        counts=value_counts(scope),
        meanings=meanings(scope),
        largest_share=literal(threshold_value(scope.codebook, "item_nonresponse")),
    )


@check("No item is answered quite unlike the wave before", severity="warn", remedy=ASK_CODES)
def item_drift(scope: Scope) -> Iterator[Expectation]:
    comparable = [item for item in scope.items if item.comparability in ("identical", "reworded")]
    answered = scope.before() if comparable else {}
    before = [
        (item.source_column, score, times)
        for item in comparable
        for score, times in answered.get(item.item_id, {}).items()
    ]
    if not before:
        return
    # Total variation: half the sum of differences, the share that would have to answer otherwise.
    yield no_rows(
        """
        with answers_before as (from {before} as answers(column_name, score, times)),
        answers_now as (
            select column_name, score, sum(times) as times
            from ({counts}) join {scores} as scores(column_name, value, score)
                using (column_name, value)
            group by all
        ),
        answers as (
            select
                column_name,
                coalesce(answers_now.times, 0) as now,
                coalesce(answers_before.times, 0) as earlier,
                sum(now) over (partition by column_name) as respondents,
                sum(earlier) over (partition by column_name) as respondents_before,
            from answers_now full join answers_before using (column_name, score)
        )
        select
            column_name,
            any_value(respondents) as respondents,
            any_value(respondents_before) as respondents_before,
            sum(abs(now / respondents - earlier / respondents_before)) / 2 as distance,
        from answers
        where least(respondents, respondents_before) >= greatest({fewest}, 1)
        group by column_name
        having distance > {largest}
        order by distance desc
        """,
        before=relation(before),
        counts=value_counts(scope),
        scores=relation(
            (item.source_column, code, score)
            for item in comparable
            for code, score in item.score_of.items()
        ),
        fewest=literal(threshold_value(scope.codebook, "item_drift.fewest_answers")),
        largest=literal(threshold_value(scope.codebook, "item_drift")),
    )


CHECKS = (items_answered, item_nonresponse, item_drift)
