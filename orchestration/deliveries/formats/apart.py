"""Reading apart: a library that may bring its process down reads in a process of its own.

pyreadstat dies of some damaged files, by a fault that no `except` catches. What belongs here: the
process that it reads in, kept for the next file. What does not: what is read.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class BrokeOff(Exception):
    """The library brought its process down."""


def read_apart(
    function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """What the function gives, called in another process. Raises BrokeOff where that one dies."""
    try:
        return _process().submit(function, *args, **kwargs).result()
    except BrokenProcessPool as error:
        _process.cache_clear()
        raise BrokeOff("the reader broke off in it") from error


@cache
def _process() -> ProcessPoolExecutor:
    # Spawned: a forked one would inherit DuckDB's threads and locks.
    return ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
