"""Trials: a fault strikes work, and what is counted is what readers find and what the next run leaves.

What belongs here: how a fault is made. What does not: what is whole and what is done, which the works say.
"""

from __future__ import annotations

import random
import shutil
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from unittest.mock import patch

import duckdb

from orchestration import moments
from orchestration.settings import Settings
from tests.faults.disks import ROOM, disk_for, home_of, remount
from tests.faults.works import Work, context

PAGE = 4096


@dataclass
class Tried:
    """How often a fault was tried on some work, and what came of it.

    `struck` counts those that met the work under way or stopped it; `whole` those after which readers
    found a whole set; `finished` those after which the next run left what an undisturbed one does.
    `told` holds what the work said of the fault.
    """

    fault: str
    work: str
    times: int = 0
    struck: int = 0
    whole: int = 0
    finished: int = 0
    told: list[str] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether readers always found a whole set, and every next run finished."""
        return self.times == self.whole == self.finished > 0

    def count(self, work: Work, settings: Settings, *, struck: bool, told: str = "") -> None:
        """Count a trial: look at what stands, mended by nobody but the next run."""
        self.times += 1
        self.struck += struck
        if told:
            self.told.append(told)
        self.whole += work.is_whole(settings)
        said = work.started(settings).said()
        if said:
            self.told.append(f"next run: {said}")
        self.finished += not said and work.is_done(settings) and work.is_whole(settings)


def killed(work: Work, folder: Path, times: int, seed: int) -> Tried:
    """`kill -9` at moments spread over the whole work."""
    tried = Tried("kill -9", work.name)
    chance = random.Random(seed)
    for part in range(times):
        moment = (part + chance.random()) / times * work.seconds
        with home_of(work, folder / f"killed_after_{moment:.3f}_seconds") as settings:
            attempt = work.started(settings)
            attempt.process.join(moment)
            attempt.process.kill()
            attempt.process.join()
            tried.count(work, settings, struck=attempt.process.exitcode == -signal.SIGKILL)
    return tried


def full_disk(work: Work, folder: Path, times: int) -> Tried:
    """A disk with more and more room, from none to nearly twice what the home holds.

    Where no disk may be mounted, a limit on the size of a file.
    """
    tried = Tried("full disk", work.name)
    size = sum(path.stat().st_size for path in work.home.home.rglob("*") if path.is_file())
    for part in range(times):
        # Small disks lie closer together: they stop the work at more of its steps.
        room = int(2 * size * (part / times) ** 2)
        with disk_for(work, folder / f"disk_{part}") as (settings, mounted):
            if mounted:
                used = shutil.disk_usage(mounted).used
                remount(mounted, f"size={used + room}")
            told = work.started(settings, None if mounted else room).said()
            if mounted:
                remount(mounted, f"size={ROOM}")
            assert told or work.is_done(settings), "a full disk was told a success"
            tried.count(work, settings, struck=bool(told), told=told)
    return tried


def read_only(work: Work, folder: Path) -> Tried:
    """A disk that may only be read. Where none may be mounted, no byte may be written to any file."""
    tried = Tried("read-only disk", work.name)
    with disk_for(work, folder / "read_only") as (settings, mounted):
        if mounted:
            remount(mounted, "ro")
        told = work.started(settings, None if mounted else 0).said()
        if mounted:
            remount(mounted, "rw")
        tried.count(work, settings, struck=bool(told), told=told)
    return tried


def held_by_another(work: Work, folder: Path) -> Tried:
    """Another process has the warehouse open for writing."""
    tried = Tried("warehouse held by another writer", work.name)
    with home_of(work, folder / "held") as settings:
        ready, release = context.Event(), context.Event()
        holder = context.Process(target=_hold, args=(settings.warehouse, ready, release))
        holder.start()
        assert ready.wait(60)
        told = work.started(settings).said()
        release.set()
        holder.join()
        tried.count(work, settings, struck=bool(told), told=told)
    return tried


def damaged(
    work: Work, folder: Path, what: str, file: Callable[[Settings], Path], times: int, seed: int
) -> Tried:
    """Pages of a file overwritten, from its first on or later; then the sound file is put back."""
    tried = Tried(f"damaged {what}", work.name)
    chance = random.Random(seed)
    for part in range(times):
        with home_of(work, folder / f"damaged_{part}") as settings:
            sound = file(settings).read_bytes()
            pages = bytearray(sound)
            # DuckDB's three headers are a page each, and the first block follows them.
            for place in range(min(part, 3) * PAGE, len(sound), 16 * PAGE):
                pages[place : place + 64] = chance.randbytes(64)
            file(settings).write_bytes(pages)
            told = work.started(settings).said()
            file(settings).write_bytes(sound)
            tried.count(work, settings, struck=bool(told), told=told)
    return tried


def two_at_once(work: Work, folder: Path, times: int) -> Tried:
    """The same work begun by two processes at the same time."""
    tried = Tried("two at once", work.name)
    for part in range(times):
        with home_of(work, folder / f"two_{part}") as settings:
            both = [work.started(settings) for _ in range(2)]
            told = [said for attempt in both if (said := attempt.said())]
            assert work.is_done(settings), told
            tried.count(work, settings, struck=True, told="; ".join(told))
    return tried


def clock_set_back(work: Work, folder: Path, times: int) -> Tried:
    """The clock stands years before the time of what was made last."""
    tried = Tried("clock set back", work.name)
    for years in range(1, times + 1):
        with home_of(work, folder / f"clock_{years}") as settings:
            earlier = moments.now().replace(year=moments.now().year - years, day=1)
            with patch.object(moments, "now", lambda earlier=earlier: earlier):
                work.do(settings)
                work.do(settings)
            assert work.is_done(settings)
            tried.count(work, settings, struck=True)
    return tried


def reader_throughout(work: Work, folder: Path, times: int) -> Tried:
    """A reader keeps the published file open during the whole of the work, and asks again after it."""
    tried = Tried("reader that keeps the file open", work.name)
    question = (
        "select sum(hash(r)), any_value((select build_id from publication)) from item_results r"
    )
    for part in range(times):
        with home_of(work, folder / f"reader_{part}") as settings:
            file = settings.published.resolve() / "marts.duckdb"
            with duckdb.connect(file, read_only=True) as reader:
                before = reader.execute(question).fetchone()
                told = "; ".join(filter(None, (work.started(settings).said() for _ in range(3))))
                same = reader.execute(question).fetchone() == before
            assert same, "the reader was given another build"
            tried.count(work, settings, struck=True, told=told)
    return tried


def _hold(warehouse: Path, ready: Event, release: Event) -> None:
    with duckdb.connect(warehouse):
        ready.set()
        release.wait(120)
