"""Calling a function in a new process, so that its memory and its libraries are its own.

What belongs here: the call. What does not: what is measured in it. A plain process, not one of a pool: what is called
may start processes of its own.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


def alone(work: Callable[..., Result], *arguments: object) -> Result:
    """What a function of a module gives, called in a new process. Raises CalledProcessError where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=pickle.dumps((work, arguments)),
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
        check=True,
    )
    result: Result = pickle.loads(done.stdout)
    return result


def _main() -> None:
    work, arguments = pickle.load(sys.stdin.buffer)
    # What it prints is for people.
    said, sys.stdout = sys.stdout, sys.stderr
    said.buffer.write(pickle.dumps(work(*arguments)))


if __name__ == "__main__":
    _main()
