"""The suite of the marts: what readers will see, before it is published.

What belongs here: that everything is there, once, and that nothing is shown that must stay hidden.
What does not: whether a figure can be true, which `figures` says of the same tables.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations import figures, weighting
from expectations.declarations import Expectation, Scope, no_rows, rows_unique, values_present
from expectations.published import (
    BENCHMARKS,
    DIM_ITEM_VERSIONS,
    DIM_WAVES,
    DIMENSIONS,
    FINDING_EVIDENCE,
    FINDINGS,
    GROUP_TESTS,
    ITEM_RESULTS,
    RELATED,
    RESULTS,
    THEME_RESULTS,
    TRENDS,
    WEIGHTING,
    Mart,
    check_each,
)
from expectations.sql import literal, literals, relation
from expectations.survey import attribute_columns
from orchestration.sql import identifier, identifiers

MEND_MODEL = "Mend the model of this table and run again; what is published stays as it was."
HIDE = "Mend the suppression in the model and run again; what is published stays as it was."

# What staging and the count know of a single respondent.
MICRODATA = ("respondent_key", "respondent_id", "post_stratum", "delivered_weight", "weight")


@check_each(
    *RESULTS,
    TRENDS,
    *RELATED,
    FINDINGS,
    FINDING_EVIDENCE,
    GROUP_TESTS,
    BENCHMARKS,
    *DIMENSIONS,
    title="No key comes twice or lacks its subject",
    remedy=MEND_MODEL,
)
def keys_unique(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield rows_unique(mart.key)
    # Only the first column is always known: a period may have no beginning.
    yield values_present(mart.key[0])


@check_each(
    *RESULTS,
    GROUP_TESTS,
    DIM_WAVES,
    WEIGHTING,
    DIM_ITEM_VERSIONS,
    title="Every loaded wave is there, and no other",
    remedy=MEND_MODEL,
)
def waves_covered(_: Mart, scope: Scope) -> Iterator[Expectation]:
    waves = relation([wave] for wave in scope.waves)
    yield no_rows(
        "select * from {waves} as loaded(missing_wave) except select wave_id from batch",
        waves=waves,
    )
    yield no_rows(
        "select wave_id as other_wave from batch except select * from {waves} as loaded",
        waves=waves,
    )


@check_each(
    ITEM_RESULTS,
    THEME_RESULTS,
    title="Whatever a wave asks has its result in total",
    remedy=MEND_MODEL,
)
def totals_present(mart: Mart, scope: Scope) -> Iterator[Expectation]:
    subjects = {
        (item.wave_id, item.item_id if mart is ITEM_RESULTS else item.theme_id)
        for item in scope.items
    }
    yield no_rows(
        """
        select * from {asked} as asked(wave_id, subject)
        except
        select wave_id, {subject} from batch where breakdown = 'total' and group_code = 'all'
        """,
        asked=relation(sorted(subjects)),
        subject=identifier(mart.key[1]),
    )


@check_each(
    *RESULTS,
    TRENDS,
    *RELATED,
    FINDINGS,
    FINDING_EVIDENCE,
    title="No group under the minimum is shown",
    remedy=HIDE,
)
def minimum_group_kept(mart: Mart, scope: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        select {group}, sum({respondents}) as respondents from batch
        where is_suppressed is distinct from true
        group by all
        having coalesce(sum({respondents}), 0) < {minimum}
        """,
        group=mart.group_columns,
        respondents=identifier(mart.respondents),
        minimum=literal(scope.minimum_group_size),
    )


@check_each(
    *RESULTS,
    TRENDS,
    *RELATED,
    FINDINGS,
    FINDING_EVIDENCE,
    BENCHMARKS,
    title="A hidden group has a reason, and not one figure",
    remedy=HIDE,
)
def hidden_rows_empty(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        select {key}, suppression_reason, {figures} from batch
        where is_suppressed
            and (suppression_reason is null or coalesce({texts}) is not null)
        """,
        key=mart.key_columns,
        figures=identifiers(mart.figures),
        texts=", ".join(f"{identifier(figure)}::varchar" for figure in mart.figures),
    )


@check_each(
    *RESULTS,
    TRENDS,
    *RELATED,
    FINDINGS,
    FINDING_EVIDENCE,
    BENCHMARKS,
    title="A group that is shown has its figures, and no reason",
    remedy=MEND_MODEL,
)
def shown_rows_whole(mart: Mart, _: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        select {key}, suppression_reason, {figures} from batch
        where is_suppressed is null
            or (not is_suppressed and (suppression_reason is not null or {absent}))
        """,
        key=mart.key_columns,
        figures=identifiers(mart.required),
        absent=" or ".join(f"{identifier(figure)} is null" for figure in mart.required),
    )


@check_each(ITEM_RESULTS, title="No published table has a column about single people", remedy=HIDE)
def no_microdata(_: Mart, scope: Scope) -> Iterator[Expectation]:
    delivered = {
        column
        for wave in scope.waves
        for column in attribute_columns(scope.codebook, wave, "respondent").values()
    }
    yield no_rows(
        """
        select table_name, column_name from information_schema.columns
        where table_schema = current_schema() and column_name in {microdata}
        """,
        microdata=literals([*MICRODATA, *sorted(delivered)]),
    )


CHECKS = (
    *keys_unique,
    *waves_covered,
    *totals_present,
    *minimum_group_kept,
    *hidden_rows_empty,
    *shown_rows_whole,
    *no_microdata,
    *figures.CHECKS,
    *weighting.CHECKS,
)
