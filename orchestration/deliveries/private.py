"""Privacy on disk: what is made here is its owner's alone, whatever the umask.

Microdata pass through the home, so every folder is 0700 and every file 0600, those that DuckDB,
dbt and Dagster make included. What readers may open is opened by `publishing`, by name.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.settings import PRIVATE_FOLDER

PRIVATE_UMASK = 0o077


def make_private() -> None:
    """Let everything that this process and those that it starts make be its owner's alone."""
    os.umask(PRIVATE_UMASK)


@contextmanager
def owner_only() -> Iterator[None]:
    """Files and folders made inside are readable by their owner only."""
    before = os.umask(PRIVATE_UMASK)
    try:
        yield
    finally:
        os.umask(before)


def private_folder(folder: Path) -> Path:
    """The folder, made where it is missing (its parents too) and closed to others."""
    with owner_only():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True)
    folder.chmod(PRIVATE_FOLDER)
    return folder
