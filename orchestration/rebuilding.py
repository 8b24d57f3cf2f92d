"""Rebuilding as one call: everything is made again from the archive, beside what stands.

What belongs here: the order, and the moment in which the new warehouse takes the old one's place.
What does not: reading the archive (`deliveries.rebuilding`), and the refresh itself.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from orchestration.deliveries.accepted import exclusive
from orchestration.deliveries.errors import WarehouseBusy, WarehouseDamaged, WarehouseOutdated
from orchestration.deliveries.ledger import begin_ledger, keep_ledger
from orchestration.deliveries.private import private_folder
from orchestration.deliveries.rebuilding import rebuild_raw
from orchestration.deliveries.warehouse import connected
from orchestration.preparation import make_home
from orchestration.refresh import Outcome, Progress, refresh
from orchestration.settings import Settings


def rebuild(settings: Settings, progress: Progress) -> Outcome:
    """Make the warehouse again from the archive, publish, and put it in the place of the old one.

    The old one is not read, unless no ledger tells what was loaded, and stays until the new one is
    complete; where that fails, everything stays as it was. Nothing else is taken in meanwhile.
    Raises WarehouseBusy where another process has the warehouse open, and what `rebuild_raw` does.
    """
    make_home(settings)
    aside = replace(settings, building=rebuilding_folder(settings))
    with exclusive(settings.accepted):
        try:
            begin_ledger(settings)
        except (WarehouseDamaged, WarehouseOutdated):
            progress("reading what is published and archived, as no ledger tells what was loaded")
        with _held(settings.warehouse), _workplace(rebuilding_folder(settings)):
            waves = rebuild_raw(aside, progress)
            outcome = refresh(aside, waves, progress)
            if outcome.succeeded:
                with connected(aside) as connection:
                    keep_ledger(connection, aside)
                # Else the log of the old one would be taken for the new one's.
                settings.warehouse.with_name(f"{settings.warehouse.name}.wal").unlink(True)
                aside.warehouse.replace(settings.warehouse)
    return outcome


def rebuilding_folder(settings: Settings) -> Path:
    """Where the new warehouse is made; a killed rebuild leaves it behind."""
    return settings.home / "rebuilding"


@contextmanager
def _held(warehouse: Path) -> Iterator[None]:
    """Keep every other process out of the warehouse, by the lock that DuckDB itself takes."""
    if not warehouse.exists():
        yield
        return
    with warehouse.open("rb+") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise WarehouseBusy(
                f"{warehouse} is in use by another process: wait until it is done, then try again."
            ) from error
        yield


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield private_folder(folder)
    finally:
        shutil.rmtree(folder)
