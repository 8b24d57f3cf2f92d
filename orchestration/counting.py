"""Counting: which build counted the cells of which wave, as the cells themselves say.

What belongs here: reading that, so that a run can tell which waves it counted again. What does not:
counting, which the models in `intermediate/cells` do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from orchestration.deliveries.warehouse import connected
from orchestration.settings import Settings
from orchestration.sql import identifier, literal

# The rows of each table of cells, wave and build.
Counts = Mapping[tuple[str, str, str], int]


@dataclass(frozen=True)
class Recount:
    """A wave that was counted again: in how many tables, and how many cells that gave."""

    wave_id: str
    tables: int
    cells: int

    def __str__(self) -> str:
        return f"wave {self.wave_id} ({self.tables} tables, {self.cells:,} cells)"


def counts(connection: DuckDBPyConnection) -> Counts:
    """How many cells there are of each wave in each table, by the build that counted them."""
    tables = connection.execute(
        """
        select table_name from duckdb_columns()
        where schema_name = 'intermediate' and column_name = 'counted_by'
        order by table_name
        """
    ).fetchall()
    found: dict[tuple[str, str, str], int] = {}
    for (table,) in tables:
        rows = connection.execute(
            f"""
            select {literal(table)}, wave_id, counted_by, count(*)
            from intermediate.{identifier(table)} group by all
            """  # noqa: S608
        ).fetchall()
        found |= {(name, wave_id, build): cells for name, wave_id, build, cells in rows}
    return found


def counts_of(settings: Settings) -> Counts:
    """The counts in the warehouse; none where nothing is built. Raises WarehouseBusy."""
    if not settings.warehouse.exists():
        return {}
    with connected(settings, read_only=True) as connection:
        return counts(connection)


def recounts(before: Counts, after: Counts) -> tuple[Recount, ...]:
    """The waves that were counted again between two looks, in the order of their ids."""
    fresh = {key: cells for key, cells in after.items() if key not in before}
    return tuple(
        Recount(
            wave_id,
            tables=len({table for table, wave, _ in fresh if wave == wave_id}),
            cells=sum(cells for (_, wave, _), cells in fresh.items() if wave == wave_id),
        )
        for wave_id in sorted({wave for _, wave, _ in fresh})
    )
