"""Moments: names that sort in the order in which things were made, also when the clock was set back.

What belongs here: making such a name. What does not: what is named by it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

FORMAT = "%Y%m%dT%H%M%S.%fZ"
LENGTH = len("20260101T000000.000000Z")


def moment_after(names: Iterable[str]) -> str:
    """The time in UTC as the beginning of a name, later than that of every one of these names."""
    found = filter(None, map(_moment, names))
    latest = max(found, default=datetime.min.replace(tzinfo=UTC))
    return max(now(), latest + timedelta(microseconds=1)).strftime(FORMAT)


def now() -> datetime:
    """What the clock says, in UTC."""
    return datetime.now(UTC)


def _moment(name: str) -> datetime | None:
    """The time that a name begins with; None where it begins with something else."""
    try:
        return datetime.strptime(name[:LENGTH], FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
