"""Decimal columns: which columns of a delivery hold numbers with a decimal comma, given a point.

What belongs here: the choice of columns, by the codebook and the manifest. What does not: telling a
decimal comma (`decimals`), and whether the numbers are right (`checking_values`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from duckdb import DuckDBPyConnection

from orchestration.codebook import Column
from orchestration.deliveries.decimals import has_decimal_comma, with_decimal_point
from orchestration.deliveries.formats.table import TABLE, DeliveredTable
from orchestration.sql import identifier

NUMBERS = frozenset({"weight", "duration"})
COMMA = ","


def with_decimal_points(
    connection: DuckDBPyConnection,
    table: DeliveredTable,
    expected: Mapping[str, Column],
    declared: str | None,
) -> DeliveredTable:
    """Give the numbers in the table `delivered` a decimal point, where a comma is declared or found.

    The table then states so. A declared point is believed, so that a comma stays as it is.
    """
    stated = {}
    for column in table.columns:
        if column.name not in expected or not expected[column.name].kinds & NUMBERS:
            continue
        if declared is None and has_decimal_comma(connection, column.label):
            stated[f"decimal sign of {column.name}"] = ", (detected)"
        elif declared == COMMA:
            stated[f"decimal sign of {column.name}"] = ", (declared)"
        else:
            continue
        number = with_decimal_point(column.label)
        connection.execute(f"update {TABLE} set {identifier(column.label)} = {number}")  # noqa: S608
    if not stated:
        return table
    return replace(
        table, stated={**table.stated, **stated}, used=replace(table.used, decimal=COMMA)
    )
