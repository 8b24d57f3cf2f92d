"""Missing codes: those that a file of SPSS or Stata declares as missing, as text.

What belongs here: which codes are declared. What does not: what a code means, which the codebook says.
"""

from __future__ import annotations

from string import ascii_lowercase
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.table import TABLE, DeliveredColumn, value_as_text
from orchestration.sql import identifier

# Stata's `.a` to `.z`, as pyreadstat gives them.
EXTENDED_MISSING = frozenset(ascii_lowercase)


def spss_missing_codes(
    connection: DuckDBPyConnection, column: DeliveredColumn, metadata: Any
) -> frozenset[str]:
    """The single codes that are declared, and of each range those that occur or have a label."""
    codes: set[str] = set()
    for bounds in metadata.missing_ranges.get(column.name, []):
        lowest, highest = bounds["lo"], bounds["hi"]
        if lowest == highest:
            codes.add(value_as_text(lowest) or "")
        else:
            codes.update(_occurring(connection, column, lowest, highest))
    return frozenset(codes - {""})


def _occurring(
    connection: DuckDBPyConnection, column: DeliveredColumn, lowest: float, highest: float
) -> list[str]:
    code = identifier(column.label)
    rows = connection.execute(
        f"""
        select code from (select {code} as code from {TABLE} union all select unnest($labelled))
        where try_cast(code as double) between $lowest and $highest group by code
        """,  # noqa: S608
        {"labelled": list(column.value_labels), "lowest": lowest, "highest": highest},
    ).fetchall()
    return [found for (found,) in rows]


def stata_missing_codes(
    connection: DuckDBPyConnection, column: DeliveredColumn, metadata: Any
) -> frozenset[str]:
    """The extended missing values that occur or have a label; those of a text column are text."""
    if metadata.readstat_variable_types.get(column.name) == "string":
        return frozenset()
    code = identifier(column.label)
    extended = [f".{letter}" for letter in sorted(EXTENDED_MISSING)]
    rows = connection.execute(
        f"select distinct {code} from {TABLE} where list_contains($extended, {code})",  # noqa: S608
        {"extended": extended},
    ).fetchall()
    return frozenset(found for (found,) in rows) | (column.value_labels.keys() & set(extended))
