"""The history of a wave: its revisions, what each changed, and the figures that it moved.

What belongs here: reading them from the warehouse. What does not: writing them (`revising`), and
which figures moved, which the models compute.
"""

from __future__ import annotations

from dataclasses import dataclass

from duckdb import DuckDBPyConnection

from orchestration.deliveries.differences import Difference
from orchestration.deliveries.warehouse import LoadedWave, connected, has_table
from orchestration.settings import Settings


@dataclass(frozen=True)
class Revision:
    """A revision of a wave: `difference` is from the one before it.

    It is None for the first, and for what was loaded before differences were kept. The numbers of
    figures are those of the mart `deliveries`: None where there was nothing to compare with, or
    nothing has been built since.
    """

    wave: LoadedWave
    difference: Difference | None
    figures_compared: int | None = None
    figures_moved: int | None = None
    figures_appeared: int | None = None
    figures_disappeared: int | None = None


@dataclass(frozen=True)
class MovedFigure:
    """A mean that a revision moved by more than its standard error, or made appear or disappear."""

    wave_id: str
    revision: int
    item_id: str
    breakdown: str
    group_code: str
    change: str
    mean_before: float | None
    standard_error_before: float | None
    mean_after: float | None


def revisions(settings: Settings, wave_id: str | None = None) -> list[Revision]:
    """The revisions of a wave, or of all waves, oldest first; none where there is no warehouse.

    Raises WarehouseBusy while another process writes to it.
    """
    if not settings.warehouse.exists():
        return []
    with connected(settings, read_only=True) as connection:
        if not has_table(connection, "raw", "deliveries"):
            return []
        waves = [
            LoadedWave(*row)
            for row in connection.execute(
                """
                select
                    wave_id, revision, purpose, sha256, file_name, format, row_count, table_name,
                    loaded_at,
                from raw.deliveries
                where wave_id = $wave_id or $wave_id is null
                order by wave_id, revision
                """,
                {"wave_id": wave_id},
            ).fetchall()
        ]
        differences = _differences(connection)
        figures = _figures(connection)
    return [
        Revision(
            wave,
            differences.get((wave.wave_id, wave.revision)),
            *figures.get((wave.wave_id, wave.revision), ()),
        )
        for wave in waves
    ]


def moved_figures(settings: Settings, wave_id: str) -> list[MovedFigure]:
    """What the revisions of a wave moved in the marts, as they were built last, oldest first."""
    if not settings.warehouse.exists():
        return []
    with connected(settings, read_only=True) as connection:
        if not has_table(connection, "intermediate", "int_figure_changes"):
            return []
        rows = connection.execute(
            """
            select
                wave_id, revision, item_id, breakdown, group_code, change,
                mean_before, standard_error_before, mean_after,
            from intermediate.int_figure_changes
            where wave_id = ? and change <> 'stayed'
            order by all
            """,
            [wave_id],
        ).fetchall()
    return [MovedFigure(*row) for row in rows]


def _differences(connection: DuckDBPyConnection) -> dict[tuple[str, int], Difference]:
    if not has_table(connection, "raw", "differences"):
        return {}
    rows = connection.execute(
        """
        select
            wave_id, revision, rows_in, rows_out, rows_altered, columns_in, columns_out,
            cells_altered,
        from raw.differences
        """
    ).fetchall()
    return {
        (wave_id, revision): Difference(
            rows_in, rows_out, rows_altered, tuple(columns_in), tuple(columns_out), cells
        )
        for wave_id, revision, rows_in, rows_out, rows_altered, columns_in, columns_out, cells in rows
    }


def _figures(connection: DuckDBPyConnection) -> dict[tuple[str, int], tuple[int | None, ...]]:
    if not has_table(connection, "marts", "deliveries"):
        return {}
    rows = connection.execute(
        """
        select
            wave_id, revision,
            figures_compared, figures_moved, figures_appeared, figures_disappeared,
        from marts.deliveries
        """
    ).fetchall()
    return {(wave_id, revision): tuple(numbers) for wave_id, revision, *numbers in rows}
