"""Privacy on disk: what is made here is its owner's alone, whatever the umask.

Microdata pass through all of this room, so every folder is 0700 and every file 0600, those that
DuckDB makes beside a database included.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.settings import PRIVATE_FOLDER


@contextmanager
def owner_only() -> Iterator[None]:
    """Files and folders made inside are readable by their owner only."""
    before = os.umask(0o077)
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
