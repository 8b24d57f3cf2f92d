"""How many of each sampled unit answered, against how many work there.

What belongs here: checks that hold a delivery against `population.csv`; what breaks them is a unit,
with the number of respondents. What does not: weights, which dbt makes from the same table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from expectations.declarations import Expectation, Scope, no_rows
from expectations.delivery import check
from expectations.sql import literal, relation
from expectations.survey import attribute_columns, threshold_value
from orchestration.sql import identifier

ASK_POPULATION = (
    "Compare the codes of the unit in attribute_codes.csv and its headcount in population.csv with "
    "their source; ask the sender whether all respondents of the unit, and no others, are in the file."
)
EVERYONE = "all"


@check("No unit has more respondents than people", severity="warn", remedy=ASK_POPULATION)
def response_within_headcount(scope: Scope) -> Iterator[Expectation]:
    yield from _units_where(scope, "respondents > {limit} * headcount", "response_within_headcount")


@check("Every unit answered in some number", severity="warn", remedy=ASK_POPULATION)
def response_large_enough(scope: Scope) -> Iterator[Expectation]:
    # By unit alone: those who gave no role are missed in every role.
    yield from _units_where(
        scope, "role is null and respondents < {limit} * headcount", "response_large_enough"
    )


CHECKS = (response_within_headcount, response_large_enough)


def _units_where(scope: Scope, condition: str, check_name: str) -> Iterator[Expectation]:
    """No unit, or role in a unit, meets the condition, where the wave's population is known."""
    headcounts = _headcounts(scope)
    if not headcounts:
        return
    yield no_rows(
        """
        with grouped as (select {unit} as unit, {role} as role from delivered),
        counted as (
            select unit, null as role, count(*) as respondents from grouped group by unit
            union all
            select unit, role, count(*) from grouped where role is not null group by all
        ),
        population as (from {headcounts} as headcounts(unit, role, headcount)),
        response as (
            select population.*, coalesce(counted.respondents, 0) as respondents
            from population left join counted
                on counted.unit = population.unit
                and counted.role is not distinct from population.role
        )
        from response where {condition} order by unit, role
        """,
        unit=_group(scope, "stratum") or literal(EVERYONE),
        role=_group(scope, "group", "role") or "null::varchar",
        headcounts=relation((*unit, people) for unit, people in headcounts.items()),
        condition=condition.format(limit=literal(threshold_value(scope.codebook, check_name))),
    )


def _headcounts(scope: Scope) -> Counter[tuple[str, str | None]]:
    """The people of each unit, and of each role in it where that is known."""
    headcounts: Counter[tuple[str, str | None]] = Counter()
    for row in scope.codebook.table("population"):
        if row["wave_id"] == scope.wave:
            headcounts[row["stratum"], None] += int(row["headcount"])
            if row["role"]:
                headcounts[row["stratum"], row["role"]] += int(row["headcount"])
    return headcounts


def _group(scope: Scope, kind: str, name: str | None = None) -> str | None:
    """SQL: a respondent's group of the attribute of this kind (and name); None where it has none."""
    for attribute, column in attribute_columns(scope.codebook, scope.wave, kind).items():
        if name in (None, attribute):
            codes = [
                f"when {literal(row['code'])} then {literal(row['group_code'])}"
                for row in scope.codebook.table("attribute_codes")
                if (row["wave_id"], row["attribute_id"]) == (scope.wave, attribute)
            ]
            # A stratum without codes is delivered as it is.
            delivered = identifier(column)
            return f"case {delivered} {' '.join(codes)} end" if codes else delivered
    return None
