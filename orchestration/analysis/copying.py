"""Copying: the harmonised respondents and answers as a DuckDB file, for one analyst's use.

A running number stands for a respondent, drawn anew for each copy: it leads back to nobody, not in
another copy either. What belongs here: what is in a copy, and putting it in its place.
"""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.analysis.log import (
    UNFINISHED,
    AnalysisError,
    Copy,
    folder_of,
    note,
    note_removed,
    now,
    user,
)
from orchestration.deliveries.private import owner_only, private_folder
from orchestration.deliveries.warehouse import connected, has_table
from orchestration.settings import PRIVATE_FILE, Settings
from orchestration.sql import identifier, literal

COPY_FILE = "answers.duckdb"

# In order of the numbers, so that nothing is to be learnt from the order of the rows.
CONTENT = """
    create temp table numbers as
    select wave_id, respondent_key, row_number() over (order by random()) as respondent
    from staging.stg_respondents;

    create table analyst_copy.waves as
    select wave_id, revision, row_count as respondents, is_synthetic
    from staging.stg_waves inner join codebook.waves using (wave_id)
    order by wave_id;

    create table analyst_copy.respondents as
    select
        respondent, respondents.* exclude (respondent_key)
        replace (respondents.weight / weight_scale as weight)
    from staging.stg_respondents as respondents
    inner join numbers using (wave_id, respondent_key)
    inner join staging.stg_weight_scales using (wave_id)
    order by respondent;

    create table analyst_copy.answers as
    select respondent, answers.* exclude (respondent_key)
    from staging.stg_answers as answers inner join numbers using (wave_id, respondent_key)
    order by respondent, item_id;
"""
VIEWS = {"respondents": "stg_respondents", "answers": "stg_answers"}
NUMBER = "A running number of this copy alone; it leads back to nobody."
WEIGHT = "The weight: how many people the respondent stands for, up to a factor of the wave."


def make_copy(settings: Settings, folder: Path | None = None) -> Copy:
    """Write a copy in a folder of its own, below `folder` or in the home; gives what is logged of it.

    Raises AnalysisError where nothing has been built or the place cannot be written, WarehouseBusy
    while another process writes to the warehouse.
    """
    if not settings.warehouse.exists():
        raise AnalysisError("Nothing has been built yet: run `vakwerk run` first.")
    place = (folder or folder_of(settings)).resolve() / f"copy_{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    home = private_folder(folder_of(settings))
    try:
        # An erasure waits for this connection; it then finds the copy in the log and in its place.
        with (
            connected(settings, read_only=True) as warehouse,
            owner_only(),
            TemporaryDirectory(dir=home, prefix=UNFINISHED) as work,
        ):
            written = Path(work) / COPY_FILE
            waves, respondents, answers = _write(warehouse, written)
            written.chmod(PRIVATE_FILE)
            with written.open("rb") as file:
                checksum = file_digest(file, "sha256").hexdigest()
            path = private_folder(place) / COPY_FILE
            copy = Copy(
                made_at=now(),
                user=user(),
                asked_by=os.environ.get("SUDO_USER"),
                waves=waves,
                respondents=respondents,
                answers=answers,
                path=str(path),
                sha256=checksum,
            )
            note(settings, copy)
            try:
                shutil.move(written, path)
            except OSError:
                note_removed(settings, copy)
                raise
    except (OSError, duckdb.IOException) as error:
        shutil.rmtree(place, ignore_errors=True)
        raise AnalysisError(f"The copy could not be written to {place} ({error}).") from error
    return copy


def _write(warehouse: DuckDBPyConnection, path: Path) -> tuple[dict[str, int], int, int]:
    """Write the tables; gives the waves with their revisions, and the numbers of rows."""
    if not has_table(warehouse, "staging", "stg_waves"):
        raise AnalysisError("No wave has been built yet: run `vakwerk run` first.")
    warehouse.execute(f"attach {literal(str(path))} as analyst_copy (read_write)")
    warehouse.execute(CONTENT)
    for table, view in VIEWS.items():
        _describe(warehouse, table, view)
    counts = warehouse.execute(
        "select (select count(*) from analyst_copy.respondents), (select count(*) from analyst_copy.answers)"
    ).fetchone()
    waves = warehouse.execute("select wave_id, revision from analyst_copy.waves").fetchall()
    warehouse.execute("drop table numbers; detach analyst_copy")
    assert counts is not None
    return dict(waves), *counts


def _describe(warehouse: DuckDBPyConnection, table: str, view: str) -> None:
    """Describe the columns of a table as those of the view that it was made from."""
    described = dict(
        warehouse.execute(
            """
            select column_name, comment from duckdb_columns()
            where database_name <> 'analyst_copy' and schema_name = 'staging' and table_name = ?
                and comment is not null
            """,
            [view],
        ).fetchall()
    )
    del described["respondent_key"]
    if "weight" in described:
        described["weight"] = WEIGHT
    for column, comment in {**described, "respondent": NUMBER}.items():
        warehouse.execute(
            f"comment on column analyst_copy.{table}.{identifier(column)} is {literal(comment)}"
        )
