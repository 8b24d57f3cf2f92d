"""Homes to disturb: a copy of one in which work waits, on a small disk of its own where one may be mounted.

What belongs here: making them, and taking them away. What does not: faults.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestration.settings import Settings
from tests.faults.works import Work

ROOM = 256 << 20


@contextmanager
def home_of(work: Work, folder: Path) -> Iterator[Settings]:
    """A home in which the work waits, gone after."""
    settings = work.again(folder)
    yield settings
    shutil.rmtree(settings.home)


@contextmanager
def disk_for(work: Work, folder: Path) -> Iterator[tuple[Settings, Path | None]]:
    """A home in which the work waits on a disk of its own; with no disk where none may be mounted."""
    folder.mkdir()
    failed = _mount(folder, f"size={ROOM}", "-t", "tmpfs", "vakwerk").returncode
    mounted = None if failed else folder
    try:
        with home_of(work, folder / "home") as settings:
            yield settings, mounted
    finally:
        if mounted:
            subprocess.run(["umount", mounted], check=True)


def remount(disk: Path, options: str) -> None:
    """Give a disk that is mounted another size, or another right."""
    _mount(disk, f"remount,{options}").check_returncode()


def _mount(disk: Path, options: str, *how: str) -> subprocess.CompletedProcess[bytes]:
    command = ["mount", "-o", options, *how, str(disk)]
    return subprocess.run(command, capture_output=True, check=False)
