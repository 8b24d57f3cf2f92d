"""Decimals: numbers that are written with a comma, as Dutch programs do.

What belongs here: telling such a column and reading it with a point. What does not: which columns
hold numbers, which the codebook says.
"""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.table import TABLE
from orchestration.sql import identifier, literal

# No point comes with it: whether 1.234,5 groups thousands is the sender's to say.
COMMA_NUMBER = r"-?\d+(,\d+)?"


def with_decimal_point(column: str) -> str:
    """SQL: the column of this name, its numbers with a point where they have a decimal comma.

    What is no such number stays as it is.
    """
    cell = identifier(column)
    is_number = f"regexp_full_match(trim({cell}), {literal(COMMA_NUMBER)})"
    return f"if({is_number}, replace(trim({cell}), ',', '.'), {cell})"


def has_decimal_comma(connection: DuckDBPyConnection, column: str) -> bool:
    """Whether the column of the table `delivered` has decimal commas, and no number with a point."""
    cell = identifier(column)
    found = connection.execute(
        f"""
        select coalesce(bool_and(regexp_full_match(value, $number)) and bool_or(contains(value, ',')), false)
        from (select trim({cell}) as value from {TABLE}) where value <> ''
        """,  # noqa: S608
        {"number": COMMA_NUMBER},
    ).fetchone()
    return bool(found and found[0])
