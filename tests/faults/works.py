"""Works that a fault may strike: a correction is loaded, a build is published, each in a process of its own.

What belongs here: a home in which the work waits, what it holds before and after, and whether readers
find a whole set in it. What does not: faults.
"""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from orchestration.deliveries.door import accept
from orchestration.deliveries.history import revisions
from orchestration.deliveries.loading import load
from orchestration.deliveries.restoring import restore
from orchestration.publishing.publication import publish
from orchestration.refresh import take_in
from orchestration.settings import Settings
from orchestration.turns import taking_turn
from tests.builders import good_table, write_delivery
from tests.faults.wholeness import loaded, published, unlike_its_manifest
from tests.small_marts import build, small_marts

WAVE = "2022"
ROWS = 40_000

# A process that has the code in memory already, so that a child of it is at work at once.
context = multiprocessing.get_context("forkserver")
context.set_forkserver_preload([__name__, "tests.faults.reading"])


@dataclass(frozen=True)
class Work:
    """A home in which work waits to be done, and what stands in it before and after.

    `standing` gives what a home holds, `seconds` is how long the work takes undisturbed.
    """

    name: str
    home: Settings
    do: Callable[[Settings], None]
    standing: Callable[[Settings], object]
    before: object
    after: object
    seconds: float

    def again(self, folder: Path) -> Settings:
        """A copy of the home, with the work still to be done."""
        return at(self.home, shutil.copytree(self.home.home, folder, symlinks=True))

    def is_done(self, settings: Settings) -> bool:
        """Whether the home is as an undisturbed run leaves it."""
        return bool(self.standing(settings) == self.after)

    def is_whole(self, settings: Settings) -> bool:
        """Whether readers find the set of before or that of after, each whole."""
        return not unlike_its_manifest(settings.published) and published(settings) in (
            published(self.home),
            *([self.after] if self.do is publish_marts else []),
        )

    def started(self, settings: Settings, limit: int | None = None) -> Attempt:
        """The work, begun in a process that may write no file larger than the limit, in bytes."""
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=_attempt, args=(self.do, settings, sender, limit))
        process.start()
        sender.close()
        return Attempt(process, receiver)


@dataclass(frozen=True)
class Attempt:
    """Work under way in a process of its own."""

    process: ForkServerProcess
    receiver: Connection

    def said(self, seconds: float = 120) -> str:
        """What was wrong at its end, its kind first; empty where it did its work."""
        assert self.receiver.poll(seconds), "it neither ended nor failed"
        told: str = self.receiver.recv()
        self.process.join()
        return told


def _attempt(
    do: Callable[[Settings], None], settings: Settings, sender: Connection, limit: int | None
) -> None:
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        do(settings)
    except Exception as error:
        sender.send(f"{type(error).__name__}: {error}")
    else:
        sender.send("")


def at(settings: Settings, home: Path) -> Settings:
    """The settings with another home."""
    return replace(settings, home=home, key_file=home / "secrets" / "respondent.key")


def load_what_waits(settings: Settings) -> None:
    """What a run does with the landing folder and the wave."""
    take_in(settings, [])
    load(settings, WAVE)


def restore_the_first(settings: Settings) -> None:
    """What `vakwerk restore` does before it refreshes."""
    restore(settings, WAVE, 1)
    load(settings, WAVE)


def publish_marts(settings: Settings) -> None:
    """What `vakwerk publish` does."""
    with taking_turn(settings, lambda _: None):
        publish(settings)


def loading(folder: Path) -> Work:
    """A large wave that is loaded, and a correction of it that waits in the landing folder."""
    settings = small_marts(folder)
    publish(settings)
    settings.warehouse.unlink()
    table = good_table(ROWS)
    accept(write_delivery(folder / "first_2022.csv", table), settings)
    load(settings, WAVE)
    table["v1"][:3] = ["2", "3", "1"]
    settings.landing.mkdir()
    write_delivery(settings.landing / "corrected_2022.csv", table)
    return _work("loading", settings, load_what_waits, loaded)


def restoring(folder: Path) -> Work:
    """A wave that was corrected, and goes back to what it was, out of the archive."""
    settings = loading(folder).home
    load_what_waits(settings)
    return _work("restoring", settings, restore_the_first, loaded)


def publishing(folder: Path) -> Work:
    """A build that readers see, and another in the warehouse that they do not."""
    settings = small_marts(folder)
    publish(settings)
    build(settings, "build-2", "update marts.item_results set mean = mean + 1")
    return _work("publishing", settings, publish_marts, published)


def _work(
    name: str,
    settings: Settings,
    do: Callable[[Settings], None],
    standing: Callable[[Settings], object],
) -> Work:
    """Does the work undisturbed in copies of the home: the quickest time counts, for others use the machine too."""
    work = Work(name, settings, do, standing, standing(settings), None, 0)
    seconds = []
    for turn in ("cold", "warm", "again"):
        undisturbed = work.again(settings.home.with_name(f"{name}_{turn}"))
        begin = time.monotonic()
        assert work.started(undisturbed).said() == ""
        seconds.append(time.monotonic() - begin)
    return replace(work, after=standing(undisturbed), seconds=min(seconds))


def archived_first(settings: Settings) -> Path:
    """The archived file of the first revision."""
    return next(
        settings.archive / WAVE / f"{each.wave.sha256}.csv" for each in revisions(settings, WAVE)
    )
