"""Settling: whether a file in the landing folder has come whole, as far as looking at it can tell.

What belongs here: comparing how a file looks with how it looked before, and which deliveries a run
takes in. What does not: what counts as a delivery and what its manifest promises, which
`deliveries.landing` says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from orchestration.deliveries.landing import Pending, has_passed, pending
from orchestration.settings import Settings


def look(path: Path) -> str | None:
    """How a file looks from outside: another look is another delivery. None where it is gone.

    The time of the last change of any kind belongs to it, which no program can set: a copy program
    may give a file its old time of writing while it still grows, or send it again with the same.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}"


def is_settled(path: Path, seconds: float) -> bool:
    """Whether a file has not changed for so many seconds; False where it is gone."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return False
    return all(has_passed(changed, seconds) for changed in (status.st_mtime_ns, status.st_ctime_ns))


def has_settled(delivery: Pending, seconds: float) -> bool:
    """Whether a delivery, its manifest included, has not changed for so many seconds."""
    paths = (delivery.path, delivery.manifest_file)
    return all(is_settled(path, seconds) for path in paths if path is not None)


def place_of(path: Path, landing: Path) -> str:
    """Where a delivery lies in the landing folder, as text whatever bytes its name has."""
    place = path.relative_to(landing) if path.is_relative_to(landing) else path
    return place.as_posix().encode("utf-8", "backslashreplace").decode()


def due(settings: Settings, place: str | None, waves: Collection[str]) -> Iterator[Pending]:
    """The deliveries of these waves that a run takes in: the one at its place in the landing folder.

    A run that names no place takes the oldest whole one of each wave, and leaves the next to another
    run: two at once would leave no trace of the first in the warehouse.
    """
    left = set(waves)
    for delivery in pending(settings):
        if not delivery.wave or delivery.wave.wave_id not in left or delivery.waits_for:
            continue
        if place is None and not has_settled(delivery, settings.settled_seconds):
            continue
        if place in (None, place_of(delivery.path, settings.landing)):
            left.remove(delivery.wave.wave_id)
            yield delivery
