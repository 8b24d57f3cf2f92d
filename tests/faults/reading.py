"""Readers under load: many processes ask without pause while builds are published, one after the other.

Two variants of the marts are published in turns. Each is told by figures in two tables, so that an answer
that took anything from another build than the one it names would show. What belongs here: the readers,
and what they heard. What does not: how much they have to hear, which the test says.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event, Semaphore
from pathlib import Path

import duckdb

from orchestration.publishing.publication import publish
from orchestration.settings import Settings
from tests.faults.works import context
from tests.small_marts import build, marts_file, small_marts

FIGURES = """
    (select round(sum(mean), 3) from marts.item_results) as means,
    (select sum(respondents) from marts.dim_waves) as respondents
"""
QUESTION = f"select (select build_id from marts.publication) as build_id, {FIGURES}"
TIMES = 5

Answer = tuple[str, float, int]
# Opens the published file, or what lies beside it, asks, and closes it.
Reader = Callable[[Path], Sequence[Answer]]


@dataclass(frozen=True)
class Heard:
    """What readers heard: how often each answer, what was wrong, and the fewest answers of a reader.

    `right` holds the one answer that belongs to each build.
    """

    right: tuple[Answer, ...]
    answers: Mapping[Answer, int]
    fewest: int
    errors: tuple[str, ...]

    @property
    def mixed(self) -> int:
        """How many answers belong to no build."""
        return sum(times for answer, times in self.answers.items() if answer not in self.right)

    @property
    def builds(self) -> int:
        """How many builds were met."""
        return len({build_id for build_id, _, _ in self.answers})


def by_duckdb(file: Path) -> Sequence[Answer]:
    """Open the file as a reader does, and ask a few times."""
    with duckdb.connect(file, read_only=True, config={"threads": 1}) as reader:
        return [reader.execute(QUESTION).fetchone() or ("", 0.0, 0) for _ in range(TIMES)]


def read_while_publishing(folder: Path, readers: Sequence[Reader], publications: int) -> Heard:
    """So many publications, before each of which every reader has been answered once more."""
    settings = small_marts(folder)
    right = [_published(settings)]
    answered, end = [context.Semaphore(0) for _ in readers], context.Event()
    pipes = [context.Pipe(duplex=False) for _ in readers]
    processes = [
        context.Process(target=_ask, args=(reader, marts_file(settings), its, end, sender))
        for reader, its, (_, sender) in zip(readers, answered, pipes, strict=True)
    ]
    for process in processes:
        process.start()
    for number in range(publications):
        for its in answered:
            assert its.acquire(timeout=60), "a reader gets no answer"
        sign = "-" if number % 2 else "+"
        change = f"""
            update marts.item_results set mean = mean {sign} 1000;
            update marts.dim_waves set respondents = respondents {sign} 7;
        """
        build(settings, f"build-{number + 2}", change)
        right.append(_published(settings))
    end.set()
    assert all(receiver.poll(60) for receiver, _ in pipes), "a reader died"
    told: list[tuple[Counter[Answer], str]] = [receiver.recv() for receiver, _ in pipes]
    for process in processes:
        process.join()
    return Heard(
        right=tuple(right),
        answers=sum((answers for answers, _ in told), Counter()),
        fewest=min(answers.total() for answers, _ in told),
        errors=tuple(error for _, error in told if error),
    )


def _ask(reader: Reader, file: Path, answered: Semaphore, end: Event, sender: Connection) -> None:
    """Open and ask, and again, until the end; send what was heard."""
    # Readers without pause would leave the publisher no processor: theirs are other machines.
    os.nice(10)
    heard: Counter[Answer] = Counter()
    error = ""
    try:
        while not end.is_set():
            heard.update(reader(file))
            answered.release()
    # Each program has errors of its own.
    except Exception as problem:
        error = repr(problem)
    sender.send((heard, error))


def _published(settings: Settings) -> Answer:
    """Publish what stands in the warehouse; what every reader of this build is to be answered."""
    with duckdb.connect(settings.warehouse, read_only=True) as warehouse:
        row = warehouse.execute(f"select {FIGURES}").fetchone()
    assert row is not None
    return (publish(settings)["build_id"], *row)
