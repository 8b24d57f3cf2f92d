"""Revising: a new revision in the warehouse's lists, with what it changed and the figures it found.

What belongs here: writing these, within the transaction of whoever makes the revision. What does
not: a wave's answers, and reading the lists (`history`).
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

from duckdb import DuckDBPyConnection

from orchestration.deliveries.differences import Difference
from orchestration.deliveries.warehouse import LoadedWave, has_table, table_name

# What the warehouse cannot see for itself, and must be told.
TOLD = ("partial", "restored", "erasure")


def add_revision(
    connection: DuckDBPyConnection,
    wave_id: str,
    *,
    purpose: str | None,
    sha256: str,
    file_name: str,
    format: str,
    row_count: int,
) -> int:
    """List the next revision of a wave; gives its number.

    `purpose` counts where it says what only people know: `partial`, `restored` or `erasure`. For
    the rest, the first revision is `first` and every other a `correction`.
    """
    (revision,) = connection.execute(
        "select coalesce(max(revision), 0) + 1 from raw.deliveries where wave_id = ?", [wave_id]
    ).fetchone() or (1,)
    wave = LoadedWave(
        wave_id=wave_id,
        revision=revision,
        purpose=purpose if purpose in TOLD else "first" if revision == 1 else "correction",
        sha256=sha256,
        file_name=file_name,
        format=format,
        row_count=row_count,
        table_name=table_name(wave_id),
        loaded_at=datetime.now(UTC).replace(tzinfo=None),
    )
    connection.execute(
        """
        insert into raw.deliveries by name
        select
            $wave_id as wave_id, $revision as revision, $purpose as purpose, $sha256 as sha256,
            $file_name as file_name, $format as format, $row_count as row_count,
            $table_name as table_name, $loaded_at as loaded_at,
        """,
        asdict(wave),
    )
    return int(revision)


def keep_difference(
    connection: DuckDBPyConnection, wave_id: str, revision: int, difference: Difference
) -> None:
    """Keep what a revision changed in the one before it."""
    cells = difference.cells_altered
    connection.execute(
        "insert into raw.differences values (?, ?, ?, ?, ?, ?, ?, map(?::varchar[], ?::bigint[]))",
        [
            wave_id,
            revision,
            difference.rows_in,
            difference.rows_out,
            difference.rows_altered,
            list(difference.columns_in),
            list(difference.columns_out),
            list(cells.keys()),
            list(cells.values()),
        ],
    )


def keep_figures(connection: DuckDBPyConnection, wave_id: str, revision: int) -> None:
    """Keep the figures that the marts show of a wave, as what this revision may move.

    Hidden figures are not kept, and nothing is where no marts have been built.
    """
    if not has_table(connection, "marts", "item_results"):
        return
    connection.execute(
        """
        insert into raw.figures_before
        select wave_id, ?, item_id, breakdown, group_code, mean, standard_error
        from marts.item_results
        where wave_id = ? and not is_suppressed and mean is not null
        """,
        [revision, wave_id],
    )
