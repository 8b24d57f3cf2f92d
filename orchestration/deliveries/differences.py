"""Differences: what a delivery changes in its wave, in rows, columns and cells.

What belongs here: comparing two tables of the same respondents. What does not: the figures that
move by it (the mart `deliveries`), and keeping what is found, which `loading` does. Only numbers and
names of columns come out, never an answer or a respondent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.table import TABLE
from orchestration.deliveries.pseudonyms import parameters, pseudonym, read_key
from orchestration.deliveries.warehouse import connected, loaded_waves
from orchestration.settings import Settings
from orchestration.sql import identifier, identifiers, literal


@dataclass(frozen=True)
class Difference:
    """What the later of two tables changes, rows being matched by respondent.

    `rows_altered` counts the respondents of both tables of whom an answer in a column of both
    differs: a column that comes or goes alters no row. `cells_altered` counts the differing answers
    by column, of the columns that have any.
    """

    rows_in: int = 0
    rows_out: int = 0
    rows_altered: int = 0
    columns_in: tuple[str, ...] = ()
    columns_out: tuple[str, ...] = ()
    cells_altered: Mapping[str, int] = field(default_factory=dict)


def difference(
    connection: DuckDBPyConnection, before: str, after: str, respondent_column: str
) -> Difference:
    """What `after` changes in `before`: SQL relations of one row a respondent, all columns text.

    Both hold the same kind of respondent id. Where one lacks the respondents' column, no row can be
    matched: all of them went, and all of them came.
    """
    columns_before = _columns(connection, before)
    columns_after = _columns(connection, after)
    shared = [name for name in columns_before if name in columns_after]
    if respondent_column in shared:
        shared.remove(respondent_column)
        rows_in, rows_out = _match(connection, before, after, respondent_column, shared)
        rows_altered, cells_altered = _altered(connection, before, after, respondent_column, shared)
        connection.execute("drop table temp.altered_rows")
    else:
        rows_in, rows_out = _count(connection, after), _count(connection, before)
        rows_altered, cells_altered = 0, {}
    return Difference(
        rows_in=rows_in,
        rows_out=rows_out,
        rows_altered=rows_altered,
        columns_in=tuple(name for name in columns_after if name not in columns_before),
        columns_out=tuple(name for name in columns_before if name not in columns_after),
        cells_altered=cells_altered,
    )


def against_loaded(settings: Settings, database: Path) -> Difference | None:
    """What an accepted or examined delivery would change in its wave; None where it is not loaded.

    `database` is the delivery's own. Raises WarehouseBusy where another process holds the warehouse,
    DeliveryError where the key is gone that hides the respondents.
    """
    with incoming(settings, database) as tables:
        return difference(*tables) if tables else None


@contextmanager
def incoming(
    settings: Settings, database: Path
) -> Iterator[tuple[DuckDBPyConnection, str, str, str] | None]:
    """The loaded wave of a delivery beside the delivery itself, with the same keyed respondent ids.

    Gives a connection, the relation that is loaded, the one that comes, and the respondents' column;
    None where the wave is not loaded. Raises as `against_loaded`.
    """
    if not settings.warehouse.exists():
        yield None
        return
    with connected(settings, read_only=True) as connection:
        connection.execute(f"attach {literal(str(database))} as accepted (read_only)")
        delivery = connection.execute(
            "select wave_id, respondent_column from accepted.delivery"
        ).fetchone()
        wave_id, respondent = delivery or ("", "")
        loaded = loaded_waves(connection).get(wave_id)
        if loaded is None:
            yield None
            return
        connection.execute(
            f"""
            create temp table incoming as
            select * replace ({pseudonym(respondent)} as {identifier(respondent)})
            from accepted.{TABLE}
            """,  # noqa: S608
            parameters(read_key(settings.key_file, may_create=False), wave_id),
        )
        yield connection, f"raw.{identifier(loaded.table_name)}", "temp.incoming", respondent


def _match(
    connection: DuckDBPyConnection, before: str, after: str, respondent: str, shared: Sequence[str]
) -> tuple[int, int]:
    """The numbers of rows that came and went; leaves who was altered in `temp.altered_rows`."""
    key = identifier(respondent)
    # Hashes find the altered rows, so that only those are compared cell by cell.
    hashed = f"{key} as respondent, {f'hash({identifiers(shared)})' if shared else '0'} as row_hash"
    connection.execute(
        f"""
        create or replace temp table altered_rows as
        select
            before_rows.respondent as respondent_before,
            after_rows.respondent as respondent_after,
        from (select {hashed} from {before}) as before_rows
        full join (select {hashed} from {after}) as after_rows using (respondent)
        where before_rows.row_hash is distinct from after_rows.row_hash
        """  # noqa: S608
    )
    counted = connection.execute(
        """
        select
            count(*) filter (where respondent_before is null),
            count(*) filter (where respondent_after is null),
        from temp.altered_rows
        """
    ).fetchone()
    return counted or (0, 0)


def _altered(
    connection: DuckDBPyConnection, before: str, after: str, respondent: str, shared: Sequence[str]
) -> tuple[int, dict[str, int]]:
    """The number of altered rows, and of altered cells by column."""
    differs = [
        f"before_rows.{identifier(name)} is distinct from after_rows.{identifier(name)}"
        for name in shared
    ]
    counts = "".join(f", count(*) filter (where {condition})" for condition in differs)
    counted = connection.execute(
        f"""
        select count(*) {counts}
        from temp.altered_rows
        inner join {before} as before_rows on before_rows.{identifier(respondent)} = respondent_before
        inner join {after} as after_rows on after_rows.{identifier(respondent)} = respondent_after
        where respondent_before = respondent_after
        """  # noqa: S608
    ).fetchone()
    rows, *cells = counted or (0,)
    return rows, {name: cells for name, cells in zip(shared, cells, strict=True) if cells}


def _columns(connection: DuckDBPyConnection, relation: str) -> list[str]:
    return [row[0] for row in connection.execute(f"describe from {relation}").fetchall()]


def _count(connection: DuckDBPyConnection, relation: str) -> int:
    counted = connection.execute(f"select count(*) from {relation}").fetchone()  # noqa: S608
    return int(counted[0]) if counted else 0
