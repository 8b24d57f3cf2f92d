"""The suite of staging: the harmonised waves, wide and typed, before anything is counted.

What belongs here: that staging kept every row, answer and group, and gave each the meaning that the
codebook gives it. What does not: plausibility of the answers, which is checked at the delivery.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import partial

from expectations import declarations
from expectations.declarations import (
    Expectation,
    Scope,
    no_rows,
    values_between,
    values_in_set,
    values_present,
)
from expectations.sql import literal, literals, relation, union_all
from expectations.survey import AskedItem, attribute_columns, group_codes
from orchestration.sql import identifier

TABLE = "stg_responses"

check = partial(declarations.check, "staging", TABLE)

MEND_STAGING = "Mend the staging models or the crosswalk rows of the wave, and run again."
MEND_CODES = (
    "Add the code that is missing to {file}, or deliver a corrected file: "
    "a code that the codebook does not know is lost in staging."
)


@check("Every wave has as many respondents as were loaded", remedy=MEND_STAGING)
def rows_as_loaded(_: Scope) -> Iterator[Expectation]:
    yield no_rows(
        """
        with loaded as (select wave_id, row_count from raw.waves),
        staged as (select wave_id, count(*) as row_count from batch group by wave_id)
        select wave_id, loaded.row_count as loaded, staged.row_count as staged
        from loaded full join staged using (wave_id)
        where loaded.row_count is distinct from staged.row_count
        """
    )


@check("Every wave of the run is there", remedy=MEND_STAGING)
def waves_covered(scope: Scope) -> Iterator[Expectation]:
    yield no_rows(
        "select wave_id from {waves} as run(wave_id) except select wave_id from batch",
        waves=relation([wave] for wave in scope.waves),
    )


@check("A respondent comes once in a wave, and has a key", remedy=MEND_STAGING)
def respondents_unique(_: Scope) -> Iterator[Expectation]:
    yield values_present("respondent_key")
    # The key itself is left out: what a check shows is kept longer than the respondent may be.
    yield no_rows(
        """
        select wave_id, rows_found
        from (select wave_id, respondent_key, count(*) as rows_found from batch group by all)
        where rows_found > 1
        """
    )


@check("Every answer is in its item's scale", remedy=MEND_STAGING)
def staged_answers_within_scale(scope: Scope) -> Iterator[Expectation]:
    for column, items in _versions(scope).items():
        scales = {frozenset(item.answers) for item in items}
        yield values_in_set(column, sorted(frozenset.union(*scales)))
        if len(scales) > 1:
            # A wave that asked it on another scale: the set above is too wide for each of them.
            yield no_rows(
                union_all(
                    "select wave_id, {column} from batch "
                    "where wave_id = {wave} and {column} not in {answers}",
                    (
                        {
                            "column": identifier(column),
                            "wave": literal(item.wave_id),
                            "answers": literals(item.answers),
                        }
                        for item in items
                    ),
                )
            )


@check(
    "Every item that was asked has an answer or the reason why not",
    remedy=MEND_CODES.format(file="answer_codes.csv"),
)
def asked_items_filled(scope: Scope) -> Iterator[Expectation]:
    yield from _items_where(scope, "null", asked=True)


@check("No item has an answer in a wave that did not ask it", remedy=MEND_STAGING)
def unasked_items_empty(scope: Scope) -> Iterator[Expectation]:
    yield from _items_where(scope, "not null", asked=False)


@check("Every weight is a whole number above zero", remedy=MEND_STAGING)
def staged_weights_positive(_: Scope) -> Iterator[Expectation]:
    yield values_present("weight")
    yield values_between("weight", lowest=1)
    yield no_rows(
        """
        select column_name, data_type from information_schema.columns
        where table_schema = current_schema() and table_name = {table} and column_name = 'weight'
            and data_type not in ('TINYINT', 'SMALLINT', 'INTEGER', 'BIGINT')
        """,
        table=literal(TABLE),
    )


@check("Every respondent belongs to a stratum", remedy=MEND_STAGING)
def strata_present(_: Scope) -> Iterator[Expectation]:
    yield values_present("stratum")
    yield values_present("post_stratum")


@check("Every group is one of the survey's", remedy=MEND_CODES.format(file="groups.csv"))
def staged_groups_known(scope: Scope) -> Iterator[Expectation]:
    known = group_codes(scope.codebook)
    for attribute in _group_attributes(scope):
        yield values_in_set(attribute, known.get(attribute, ()))


@check(
    "Nobody lost a group between delivery and staging",
    remedy=MEND_CODES.format(file="attribute_codes.csv"),
)
def groups_kept(scope: Scope) -> Iterator[Expectation]:
    counts = [
        {
            "wave": literal(wave),
            "attribute": literal(attribute),
            "column": identifier(attribute),
            "raw": f"raw.{identifier(f'wave_{wave}')}",
            "source_column": identifier(source_column),
        }
        for wave in scope.waves
        for attribute, source_column in attribute_columns(scope.codebook, wave, "group").items()
    ]
    if counts:
        yield no_rows(
            "from ({counts}) where delivered <> staged",
            counts=union_all(
                """
                select
                    {wave} as wave_id,
                    {attribute} as attribute_id,
                    (select count(*) from {raw} where {source_column} <> '') as delivered,
                    (select count({column}) from batch where wave_id = {wave}) as staged,
                """,
                counts,
            ),
        )


CHECKS = (
    rows_as_loaded,
    waves_covered,
    respondents_unique,
    staged_answers_within_scale,
    asked_items_filled,
    unasked_items_empty,
    staged_weights_positive,
    strata_present,
    staged_groups_known,
    groups_kept,
)


def _versions(scope: Scope) -> dict[str, list[AskedItem]]:
    """Of each item's column, the item as every wave asks it."""
    versions: defaultdict[str, list[AskedItem]] = defaultdict(list)
    for item in scope.items:
        versions[item.column].append(item)
    return dict(versions)


def _group_attributes(scope: Scope) -> list[str]:
    return sorted(
        {
            attribute
            for wave in scope.waves
            for attribute in attribute_columns(scope.codebook, wave, "group")
        }
    )


def _items_where(scope: Scope, state: str, *, asked: bool) -> Iterator[Expectation]:
    """No respondent has an item in this state, among those that the wave asked or did not ask."""
    columns = {
        wave: [
            column
            for column, items in _versions(scope).items()
            if (wave in {item.wave_id for item in items}) is asked
        ]
        for wave in scope.waves
    }
    found = [
        {
            "wave": literal(wave),
            "items": ", ".join(
                f"case when {identifier(column)} is {state} then {literal(column)} end"
                for column in listed
            ),
        }
        for wave, listed in columns.items()
        if listed
    ]
    if found:
        yield no_rows(
            "from ({found}) where items <> ''",
            found=union_all(
                "select wave_id, concat_ws(', ', {items}) as items "
                "from batch where wave_id = {wave}",
                found,
            ),
        )
