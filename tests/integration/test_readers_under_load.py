"""Readers under load: twenty processes ask without pause while ten builds are published, one after the other.

Two variants of the marts are published in turns. Each is told by figures in two tables, so that an answer
that took anything from another build than the one it names would show.
"""

from __future__ import annotations

from collections import Counter
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event, Semaphore
from pathlib import Path

import duckdb
import pytest

from orchestration.publishing.publication import publish
from tests.faults.works import context
from tests.small_marts import build, marts_file, small_marts

READERS = 20
PUBLICATIONS = 10

QUESTION = """
    select
        (select build_id from marts.publication) as build_id,
        (select round(sum(mean), 3) from marts.item_results) as means,
        (select sum(respondents) from marts.dim_waves) as respondents
"""

Answer = tuple[str, float, int]


def ask(file: Path, answered: Semaphore, end: Event, sender: Connection) -> None:
    """Open the file as a reader does, ask a few times, and again, until the end; send what was heard."""
    heard: Counter[Answer] = Counter()
    error = ""
    try:
        while not end.is_set():
            with duckdb.connect(file, read_only=True, config={"threads": 1}) as reader:
                for _ in range(5):
                    heard[reader.execute(QUESTION).fetchone() or ("", 0.0, 0)] += 1
            answered.release()
    except duckdb.Error as problem:
        error = str(problem)
    sender.send((heard, error))


@pytest.mark.slow
def test_every_answer_belongs_wholly_to_one_build_while_ten_are_published(tmp_path: Path) -> None:
    settings = small_marts(tmp_path)

    def published() -> Answer:
        """Publish what stands in the warehouse; what every reader of this build is to be answered."""
        with duckdb.connect(settings.warehouse, read_only=True) as warehouse:
            row = warehouse.execute(
                """
                select
                    (select round(sum(mean), 3) from marts.item_results),
                    (select sum(respondents) from marts.dim_waves)
                """
            ).fetchone()
        assert row is not None
        return (publish(settings)["build_id"], *row)

    right = [published()]
    answered, end = context.Semaphore(0), context.Event()
    pipes = [context.Pipe(duplex=False) for _ in range(READERS)]
    readers = [
        context.Process(target=ask, args=(marts_file(settings), answered, end, sender))
        for _, sender in pipes
    ]
    for reader in readers:
        reader.start()
    for number in range(PUBLICATIONS):
        for _ in range(READERS):
            assert answered.acquire(timeout=60), "the readers get no answer"
        sign = "-" if number % 2 else "+"
        change = f"""
            update marts.item_results set mean = mean {sign} 1000;
            update marts.dim_waves set respondents = respondents {sign} 7;
        """
        build(settings, f"build-{number + 2}", change)
        right.append(published())
    end.set()
    assert all(receiver.poll(60) for receiver, _ in pipes), "a reader died"
    told = [receiver.recv() for receiver, _ in pipes]
    for reader in readers:
        reader.join()

    assert [error for _, error in told if error] == []
    heard = sum((answers for answers, _ in told), Counter[Answer]())
    assert set(heard) <= set(right)
    assert len({(means, respondents) for _, means, respondents in right}) == 2
    assert len(heard) > PUBLICATIONS // 2, "the readers met the publications"
    assert min(sum(answers.values()) for answers, _ in told) > 0, "every reader was answered"
