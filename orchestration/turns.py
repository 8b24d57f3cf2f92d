"""Turns: one refresh of a home at a time, whichever process runs it.

Two at once would take each other's deliveries and build into each other's audit. What belongs here:
the lock, which ends with its process however that ends, and the Dagster resource that holds it for a
whole run. What does not: DuckDB's own lock, which guards the file alone.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.deliveries.private import owner_only, private_folder
from orchestration.settings import Settings

TURN = "turn"
WAITING = "waiting until another refresh is done"


def turn_resource(settings: Settings) -> dg.ResourceDefinition:
    """The turn of a run: from before its first step until after its last."""

    @dg.resource(description="One refresh of a home at a time; the next waits for its turn.")
    def turn(context: dg.InitResourceContext) -> Iterator[None]:
        def tell(what: str) -> None:
            if context.log:
                context.log.info(what)

        with taking_turn(settings, tell):
            yield

    return turn


@contextmanager
def taking_turn(settings: Settings, tell: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other process refreshes this home, and keep others waiting until the end.

    `tell` is told where there is something to wait for.
    """
    private_folder(settings.dagster_home)
    with owner_only():
        lock = (settings.dagster_home / "refresh.lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(WAITING)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
