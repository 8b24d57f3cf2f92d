"""Checking values: the cells of a delivered table, held against the codebook.

What belongs here: values that cannot be right by the codebook's own rows. What does not: answers
that are merely odd, which Great Expectations judges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from orchestration.codebook import Column
from orchestration.deliveries.formats.table import TABLE, DeliveredColumn, DeliveredTable
from orchestration.deliveries.report import (
    FIRST_ROWS,
    FREQUENT_VALUES,
    Cell,
    Kind,
    Problem,
    ValueCount,
    quoted,
)
from orchestration.sql import identifier, literal

CORRECTED_FILE = "Ask the sender for a corrected file."
ONE_ROW_EACH = (
    "Ask the sender which row of each respondent is right, and for a file with that alone."
)
WEIGHTS = (
    "Ask the sender for weights above zero for every respondent, with a decimal point, or with a "
    "decimal comma in all of them."
)
MISSING_CODES = (
    "A value that the file declares missing needs a row in {} that says why it is missing (don't know, "
    "not applicable, …)."
)
CODES = (
    "Ask the sender what the values mean. A code that was forgotten is a row to add to {}; a "
    "mistake needs a corrected file."
)


@dataclass(frozen=True)
class Rule:
    """A condition in SQL that wrong cells of a column meet, and what there is to say of them.

    `codes` is the table of the codebook in which a wrong cell may be missing, if there is one.
    """

    kind: Kind
    is_wrong: str
    message: str
    remedy: str
    codes: str | None = None


def value_problems(
    connection: DuckDBPyConnection, table: DeliveredTable, expected: Mapping[str, Column]
) -> Iterator[Problem]:
    """What is wrong with the values of the table `delivered`, given the columns that the wave has."""
    known = [(column, expected[column.name]) for column in table.columns if column.name in expected]
    off_code = _labels_off_code(connection, known)
    for column, meaning in known:
        rules = [*_rules(column, meaning)]
        if column.label in off_code:
            rules.append(_code_rule(column, meaning))
        for rule in rules:
            yield from _broken(connection, table, column, rule)


def _rules(column: DeliveredColumn, meaning: Column) -> Iterator[Rule]:
    cell = identifier(column.label)
    is_blank = f"trim(coalesce({cell}, '')) = ''"
    if "respondent" in meaning.kinds:
        message = "Respondents have no id."
        yield Rule(Kind.MISSING_RESPONDENT_ID, is_blank, message, CORRECTED_FILE)
        ids = f"select {cell} from {TABLE} where not {is_blank} group by 1 having count(*) > 1"  # noqa: S608
        message = "Rows share their respondent id with another row."
        yield Rule(Kind.DOUBLED_RESPONDENT_ID, f"{cell} in ({ids})", message, ONE_ROW_EACH)
    if "stratum" in meaning.kinds:
        message = "Respondents belong to no sampled unit, so that they cannot be weighted."
        yield Rule(Kind.BLANK_STRATUM, is_blank, message, CORRECTED_FILE)
    if "weight" in meaning.kinds:
        number = f"try_cast({cell} as double)"
        is_wrong = f"not coalesce(isfinite({number}) and {number} > 0, false)"
        yield Rule(Kind.INVALID_WEIGHT, is_wrong, "Weights are no number above zero.", WEIGHTS)


def _code_rule(column: DeliveredColumn, meaning: Column) -> Rule:
    """A cell that is no code of its column; a blank is none, and may stand in any of them."""
    cell = identifier(column.label)
    codes = sorted(meaning.codes or ())
    is_wrong = (
        f"{cell} not in ({', '.join(map(literal, codes))})" if codes else f"{cell} is not null"
    )
    known = f"the codebook knows {', '.join(codes) or 'none'}."
    if meaning.item_id is not None:
        message = f"Answers are no code of item {meaning.item_id}: {known}"
        return _of_codes(Kind.OUTSIDE_SCALE, is_wrong, message, "answer_codes.csv")
    message = f"Values are no group of {', '.join(meaning.attribute_ids)}: {known}"
    return _of_codes(Kind.UNKNOWN_GROUP, is_wrong, message, "attribute_codes.csv")


def _of_codes(kind: Kind, is_wrong: str, message: str, codes: str) -> Rule:
    return Rule(kind, is_wrong, message, CODES.format(codes), codes)


def _labels_off_code(
    connection: DuckDBPyConnection, known: Sequence[tuple[DeliveredColumn, Column]]
) -> set[str]:
    """The columns that hold a value which is no code of theirs.

    The distinct values are counted first and compared after, which is five times as fast as
    comparing every cell.
    """
    coded = [
        (column.label, meaning.codes) for column, meaning in known if meaning.codes is not None
    ]
    if not coded:
        return set()
    delivered = " union all ".join(
        f"select distinct {literal(label)} as label, {identifier(label)} as value from {TABLE}"  # noqa: S608
        for label, _ in coded
    )
    codes = [(label, code) for label, codes in coded for code in sorted(codes)]
    found = connection.execute(
        f"""
        with delivered_values as materialized ({delivered})
        select distinct label from delivered_values
        where value is not null and (label, value) not in (
            select (unnest($labels), unnest($codes))
        )
        """,  # noqa: S608
        {"labels": [label for label, _ in codes], "codes": [code for _, code in codes]},
    ).fetchall()
    return {label for (label,) in found}


def _broken(
    connection: DuckDBPyConnection, table: DeliveredTable, column: DeliveredColumn, rule: Rule
) -> Iterator[Problem]:
    """The cells that break the rule, if any, as one problem of the column."""
    cell = identifier(column.label)
    values = connection.execute(
        f"""
        select coalesce({cell}, ''), count(*) as rows, sum(rows) over ()::bigint, count(*) over ()
        from {TABLE} where {rule.is_wrong} group by {cell}
        order by rows desc, {cell} limit {FREQUENT_VALUES}
        """  # noqa: S608
    ).fetchall()
    if not values:
        return
    first_rows = connection.execute(
        f"select rowid, {cell} from {TABLE} where {rule.is_wrong} order by rowid limit {FIRST_ROWS}"  # noqa: S608
    ).fetchall()
    _, _, count, distinct_values = values[0]
    message, remedy = _as_declared(column, rule, [value for value, *_ in values])
    yield Problem(
        rule.kind,
        message,
        remedy,
        column=column.name,
        count=count,
        first_rows=tuple(Cell(table.row_in_file(place), value) for place, value in first_rows),
        values=tuple(ValueCount(value, rows) for value, rows, _, _ in values),
        distinct_values=distinct_values,
    )


def _as_declared(column: DeliveredColumn, rule: Rule, values: Sequence[str]) -> tuple[str, str]:
    """What there is to say of wrong values, with what the file itself says of them."""
    if rule.codes is None:
        return rule.message, rule.remedy
    missing = [value for value in values if value in column.missing_codes]
    called = []
    for value in values:
        said = []
        if label := column.value_labels.get(value):
            said.append(f"calls it {quoted(label)}")
        if value in missing:
            said.append("declares it missing")
        if said:
            called.append(f" The value {quoted(value)}: the file {' and '.join(said)}.")
    remedy = f"{rule.remedy} {MISSING_CODES.format(rule.codes)}" if missing else rule.remedy
    return rule.message + "".join(called), remedy
