"""Reading again: a file that was delivered once, read to see whether a person is in it.

What belongs here: the file's table in a database of its own, which is gone after. What does not:
judging the delivery, which the door did.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats import READERS, format_of
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import DeliveredTable
from orchestration.deliveries.private import owner_only, private_folder
from orchestration.deliveries.report import Severity
from orchestration.settings import Settings


@contextmanager
def workplace(settings: Settings) -> Iterator[Path]:
    """A private folder for what is read; what a killed call left in it is cleared away."""
    folder = settings.accepted / ".erasing"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with owner_only():
            yield private_folder(folder)
    finally:
        shutil.rmtree(folder)


@contextmanager
def read_again(
    path: Path, folder: Path, reading: Reading
) -> Iterator[tuple[DuckDBPyConnection, DeliveredTable]]:
    """The table `delivered` of a file, in a database in this folder; empty where no reader takes it."""
    suffix = format_of(path.name)
    with duckdb.connect(folder / "read.duckdb") as connection:
        if suffix is None:
            yield connection, DeliveredTable()
        else:
            yield connection, READERS[suffix](path, connection, folder, reading)


def is_whole(table: DeliveredTable) -> bool:
    """Whether every row of the file could be read."""
    return (
        bool(table.columns)
        and not table.left_out
        and not any(problem.severity is Severity.REFUSE for problem in table.problems)
    )
