"""Holding: a correction that changes few people waits until somebody releases it.

Whoever kept the publication before it could take the one from the other, and be left with the answers
of those few. So a delivery of a published wave is held unless it changes, in each group that it
touches, as many respondents as a group must have to be shown. What belongs here: that rule. What
does not: how a delivery waits (`deliveries.accepted`), and loading it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from orchestration.codebook import Codebook
from orchestration.deliveries.accepted import database_of, exclusive, keep_back, waiting_for
from orchestration.deliveries.archive import release as release_source
from orchestration.deliveries.differences import incoming
from orchestration.publishing.publication import published_manifest
from orchestration.settings import Settings
from orchestration.sql import identifiers


def hold(settings: Settings, wave_id: str) -> str | None:
    """Hold the accepted delivery of a wave back if it changes few; gives the reason, or None.

    Raises WarehouseBusy where another process holds the warehouse.
    """
    with exclusive(settings.accepted):
        waiting = waiting_for(settings.accepted, wave_id)
        if waiting is None:
            return None
        database = database_of(settings.accepted, wave_id)
        reason = reason_to_hold(settings, wave_id, database, waiting.file_name)
        if reason is not None:
            keep_back(settings.accepted, wave_id, reason)
            release_source(Path(waiting.source), settings.landing, waiting.size, waiting.modified)
        return reason


def reason_to_hold(settings: Settings, wave_id: str, database: Path, file_name: str) -> str | None:
    """Why a delivery is to be held back, whose table `delivered` is in `database`; None if it is not.

    Raises WarehouseBusy where another process holds the warehouse.
    """
    codebook = Codebook(settings.codebook)
    manifest = published_manifest(settings)
    if (
        codebook.survey.get("hold_corrections") == "false"
        or manifest is None
        or wave_id not in {wave["wave_id"] for wave in manifest["waves"]}
    ):
        return None
    minimum = int(codebook.survey["minimum_group_size"])
    with incoming(settings, database) as tables:
        changed = _fewest_changed(codebook, wave_id, *tables) if tables else None
    if changed is None or changed >= minimum:
        return None
    return (
        f"{file_name!r} changes {changed} of the respondents of a group, fewer than {minimum}: "
        "whoever kept what is published now could tell their answers"
    )


def _fewest_changed(
    codebook: Codebook,
    wave_id: str,
    connection: DuckDBPyConnection,
    before: str,
    after: str,
    respondent: str,
) -> int | None:
    """The fewest respondents that came, went or differ in a group that has any; None if none do."""
    columns = _columns(connection, before)
    shared = [name for name in columns if name in _columns(connection, after)]
    if respondent not in shared:
        return None
    connection.execute(
        f"""
        create temp table changed as
        select {identifiers(shared)} from {before} except select {identifiers(shared)} from {after}
        union all
        (select {identifiers(shared)} from {after} except select {identifiers(shared)} from {before})
        """  # noqa: S608
    )
    counts = []
    for group in _group_columns(codebook, wave_id):
        if set(group) <= set(shared):
            by = f"group by {identifiers(group)}" if group else ""
            (fewest,) = connection.execute(
                f"""
                select min(respondents) from (
                    select count(distinct {identifiers([respondent])}) as respondents
                    from temp.changed {by}
                )
                where respondents > 0
                """  # noqa: S608
            ).fetchone() or (None,)
            counts.append(fewest)
    return min((count for count in counts if count is not None), default=None)


def _group_columns(codebook: Codebook, wave_id: str) -> Iterator[Sequence[str]]:
    """The delivered columns that each break-down goes by."""
    columns = {
        row["attribute_id"]: row["source_column"]
        for row in codebook.table("attribute_columns")
        if row["wave_id"] == wave_id
    }
    for breakdown in codebook.table("breakdowns"):
        attributes = [breakdown[name] for name in ("attribute_1", "attribute_2") if breakdown[name]]
        if all(attribute in columns for attribute in attributes):
            yield sorted({columns[attribute] for attribute in attributes})


def _columns(connection: DuckDBPyConnection, relation: str) -> list[str]:
    return [row[0] for row in connection.execute(f"describe from {relation}").fetchall()]
