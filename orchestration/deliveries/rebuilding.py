"""Rebuilding: the raw layer of a new warehouse, made of the archive and the ledger alone.

What belongs here: the lists as they were, and each wave out of the file of its last revision. What
does not: the models, and putting the new warehouse in the place of the old one
(`orchestration.rebuilding`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable

from duckdb import DuckDBPyConnection

from orchestration.codebook import Codebook
from orchestration.deliveries.archive import archived_as, take_in
from orchestration.deliveries.arriving import arrival_at
from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.examining import examine
from orchestration.deliveries.ledger import copy_ledger, ledger_file
from orchestration.deliveries.loading import make_table
from orchestration.deliveries.private import private_folder
from orchestration.deliveries.pseudonyms import read_key
from orchestration.deliveries.recollecting import recollect
from orchestration.deliveries.warehouse import LoadedWave, connected, loaded_waves
from orchestration.settings import Settings
from orchestration.sql import literal


def rebuild_raw(settings: Settings, progress: Callable[[str], None]) -> list[str]:
    """Make the lists and the raw waves in the new warehouse of these settings; gives the waves.

    A wave that left the codebook stays in the lists and the archive alone. Raises DeliveryError
    where nothing was ever loaded, an archived file is gone, altered or no longer fits the codebook,
    or the key is gone.
    """
    waves = []
    with connected(settings) as connection:
        if ledger_file(settings).exists():
            copy_ledger(connection, settings)
        else:
            recollect(connection, settings)
        loaded = loaded_waves(connection)
        if not loaded:
            raise DeliveryError(f"{settings.archive} is empty: nothing was ever loaded.")
        codebook = Codebook(settings.codebook)
        key = read_key(settings.key_file, may_create=False)
        for wave in loaded.values():
            if wave.wave_id in codebook.waves:
                progress(f"reading wave {wave.wave_id}, revision {wave.revision}")
                _load(connection, settings, codebook, wave, key)
                waves.append(wave.wave_id)
    return waves


def _load(
    connection: DuckDBPyConnection,
    settings: Settings,
    codebook: Codebook,
    wave: LoadedWave,
    key: bytes,
) -> None:
    file = archived_as(settings.archive, wave.wave_id, wave.sha256, f".{wave.format}")
    if not file.is_file():
        raise DeliveryError(f"{file} is gone: put it back from a backup of the archive.")
    folder = private_folder(settings.accepted / ".incoming")
    database = folder / "delivery.duckdb"
    try:
        original = take_in(arrival_at(file), folder, settings.archive)
        if original.sha256 != wave.sha256:
            raise DeliveryError(
                f"{file} was altered: its sha256 is {original.sha256}. Put it back from a backup of "
                "the archive."
            )
        examined = examine(original, settings, codebook, wave.wave_id, database)
        if examined.report.is_refused:
            raise DeliveryError(
                f"{file} does not fit the codebook any more; `vakwerk check` on it says in full why. "
                f"Mend the codebook, and rebuild again.\n{examined.report.summary}"
            )
        connection.execute(f"attach {literal(str(database))} as accepted (read_only)")
        column, rows = connection.execute(
            "select respondent_column, row_count from accepted.delivery"
        ).fetchall()[0]
        make_table(connection, wave.wave_id, column, key)
        # Somebody may have been forgotten by a call that was killed before it came to the rows.
        connection.execute(
            "update raw.deliveries set row_count = ? where wave_id = ? and revision = ?",
            [rows, wave.wave_id, wave.revision],
        )
        connection.execute("detach accepted")
    finally:
        shutil.rmtree(folder)
