"""Delivered answers, counted: how often each value stands in each item's column, and what it means.

What belongs here: the two relations that checks on delivered answers join. What does not: what is
promised of them.
"""

from __future__ import annotations

from expectations.declarations import Scope
from expectations.sql import literal, relation, union_all
from orchestration.sql import identifier

BLANK = ""


def value_counts(scope: Scope) -> str:
    """A query over the delivery: `column_name`, `value` and how many `times` it stands there.

    A blank is an empty text. Texts are counted first and judged after: on a million rows that takes
    a fifth of the time.
    """
    return union_all(
        "select {name} as column_name, coalesce({column}, '') as value, count(*) as times "
        "from batch group by all",
        (
            {"name": literal(item.source_column), "column": identifier(item.source_column)}
            for item in scope.items
        ),
    )


def meanings(scope: Scope) -> str:
    """A relation: the `meaning` of each `value` that may stand in the column `column_name`."""
    known = relation(
        (item.source_column, value, meaning)
        for item in scope.items
        for value, meaning in {BLANK: "not_answered", **item.codes}.items()
    )
    return f"{known} as known(column_name, value, meaning)"
