"""Values as SQL text: with `orchestration.sql`, how text from a file gets into a query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from orchestration import sql

Value = str | float | None

NOTHING = (
    "The codebook gives nothing to hold this table against: "
    "are the waves of the run in waves.csv and item_versions.csv?"
)


def literal(value: Value) -> str:
    """A text, a number or NULL."""
    if value is None:
        return "null"
    return sql.literal(value) if isinstance(value, str) else repr(value)


def literals(values: Iterable[Value]) -> str:
    """`(a, b, c)`, for `in` and `not in`; nothing is in an empty one."""
    return f"({', '.join(map(literal, values)) or 'select null where false'})"


def relation(rows: Iterable[Sequence[Value]]) -> str:
    """Rows as a relation to select from, to be named with its columns: `{…} as t(a, b)`.

    Raises ValueError for no rows: a check against nothing would always pass.
    """
    listed = [f"({', '.join(map(literal, row))})" for row in rows]
    if not listed:
        raise ValueError(NOTHING)
    return f"(values {', '.join(listed)})"


def union_all(query: str, parts: Iterable[Mapping[str, str]]) -> str:
    """The query once for each set of parts, the rows of all together.

    Raises ValueError for no parts, as `relation` does.
    """
    queries = [query.format(**part) for part in parts]
    if not queries:
        raise ValueError(NOTHING)
    return " union all ".join(queries)
