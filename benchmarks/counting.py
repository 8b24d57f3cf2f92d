"""Counting the answers of a wave in DuckDB: the project's way, a long table, and the scan that is the limit.

What belongs here: what there is to count, and these ways to do it. What does not: those of other libraries
(`peers.py`), and the clock.

A way is prepared first (its connection or frame is in memory before the clock starts) and gives a function that
counts: one row per item, profile and answer, with `respondents` and, where asked, `weight_sum` and
`weight_square_sum`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

THREADS = 2
KEYS = ["item_id", "profile_id", "answer"]
SUMS = {"weight_sum": "weight", "weight_square_sum": "weight_square"}
RESPONSES = "responses.parquet"


@dataclass(frozen=True)
class Task:
    """What is counted: by which profile columns, of which items, and whether weights are added up."""

    folder: Path
    profiles: tuple[str, ...]
    items: tuple[str, ...]
    has_weights: bool
    sql: str

    @property
    def columns(self) -> list[str]:
        """The columns of the wide table that the task reads."""
        return [*self.profiles, *(SUMS.values() if self.has_weights else []), *self.items]


Count = Callable[[], Any]
Prepare = Callable[[Task], Count]


def scan(task: Task) -> Count:
    """The limit: every column read once, and added up."""
    connection = _warehouse(task)
    sums = ", ".join(f'sum("{column}")' for column in task.columns)
    return lambda: connection.execute(f"select {sums} from staging.stg_responses").fetchall()


def model(task: Task) -> Count:
    """The project's: the SQL of the model `answer_cells`, into a table."""
    connection = _warehouse(task)

    def count() -> duckdb.DuckDBPyRelation:
        connection.execute(f"create or replace temp table cells as {task.sql}")
        return connection.table("cells")

    return count


def duckdb_long(task: Task) -> Count:
    """A `group by` of a table that holds answers one a row; making that table is not counted."""
    connection = duckdb.connect(str(task.folder / "long.duckdb"), config={"threads": THREADS})
    if not connection.execute("from duckdb_tables()").fetchone():
        kept = ", ".join(column for column in task.columns if column not in task.items)
        connection.execute(
            f"create table answers as unpivot (select {', '.join(task.columns)} from "
            f"'{task.folder / RESPONSES}') on columns(* exclude ({kept})) into name item_id value answer"
        )
    (profile,) = task.profiles
    sums = "".join(f", sum({column})::bigint as {name}" for name, column in SUMS.items())

    def count() -> duckdb.DuckDBPyRelation:
        connection.execute(
            f"create or replace temp table cells as select item_id, {profile} as profile_id, answer, "
            f"count(*) as respondents {sums if task.has_weights else ''} from answers group by all"
        )
        return connection.table("cells")

    return count


def _warehouse(task: Task) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": THREADS})
    # As the profile of the project has it.
    connection.execute("set disabled_optimizers = 'compressed_materialization'")
    connection.execute(f"attach '{task.folder / 'warehouse.duckdb'}' as warehouse (read_only)")
    connection.execute("use warehouse")
    return connection
