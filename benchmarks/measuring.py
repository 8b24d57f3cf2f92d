"""Measuring side by side: ways that take turns, each timed alone, and what they ran on.

What belongs here: seconds, memory, medians of turns, and the machine. What does not: what is measured, which each
benchmark says, and what is thought of it, which `goals.csv` does.
"""

from __future__ import annotations

import os
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks.alone import alone

LIBRARIES = (
    "duckdb", "dbt-core", "dbt-duckdb", "dagster", "great-expectations", "numpy", "pandas", "polars", "pyreadstat",
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """Seconds on the clock and of all cores together, and the most memory held, in MB of 10⁶ bytes.

    Memory is known of a process of its own only.
    """

    wall: float
    cpu: float
    megabytes: float | None = None


# One way to do something, done once.
Way = Callable[[], Reading]


def timed(work: Callable[[], object]) -> Reading:
    """How long something takes in this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Reading(time.perf_counter() - wall, time.process_time() - cpu)


def timed_alone(work: Callable[..., object], *arguments: object) -> Reading:
    """How long a function of a module takes in a new process, without starting Python, and what memory it held.

    What it imports itself is part of its time. Raises CalledProcessError where it fails.
    """
    return alone(_timed_with_memory, work, arguments)


def _timed_with_memory(work: Callable[..., object], arguments: Sequence[object]) -> Reading:
    return replace(timed(lambda: work(*arguments)), megabytes=peak_megabytes())


def peak_megabytes() -> float:
    """The most memory that this process held so far; Linux counts in units of 1,024 bytes."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (most,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(most.split()[1]) * 1024 / 1e6


def timed_command(
    command: Sequence[str | Path],
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Reading:
    """How long a command takes, with all that it starts and waits for; what it says is let go.

    Its memory is that of its largest process. Raises CalledProcessError where it fails, with what it said.
    """
    # Linux counts what a process held before it became the command: this one may have held much, a new one has not.
    return alone(_timed_command, command, environment, folder)


def _timed_command(
    command: Sequence[str | Path], environment: Mapping[str, str] | None, folder: Path | None
) -> Reading:
    wall = time.perf_counter()
    with subprocess.Popen(
        command,
        env=os.environ | (environment or {}),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        said = process.stdout.read() if process.stdout else b""
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        print(said.decode("utf-8", "replace"), file=sys.stderr)
        raise subprocess.CalledProcessError(process.returncode, [*map(str, command)])
    # Linux counts in units of 1,024 bytes.
    return Reading(
        time.perf_counter() - wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6
    )


def in_turns(ways: Mapping[str, Way], rounds: int, *, warm_up: int = 1) -> dict[str, Reading]:
    """The medians of every way, done in turns; the first rounds, when nothing is in memory, do not count."""
    found: dict[str, list[Reading]] = {name: [] for name in ways}
    for number in range(warm_up + rounds):
        for name, way in ways.items():
            reading = way()
            print(f"{number}: {name}: {reading.wall:.2f} s, CPU {reading.cpu:.2f} s", flush=True)
            if number >= warm_up:
                found[name].append(reading)
    return {name: medians(readings) for name, readings in found.items()}


def medians(readings: Sequence[Reading]) -> Reading:
    """The medians of seconds, and the most memory of any."""
    held = [each.megabytes for each in readings if each.megabytes is not None]
    return Reading(
        round(median(each.wall for each in readings), 4),
        round(median(each.cpu for each in readings), 4),
        round(max(held), 1) if held else None,
    )


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def machine() -> dict[str, str | int]:
    """What the figures were measured on: processor, cores, memory, system and versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    found: dict[str, str | int] = {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "memory_gb": round(memory / 1e9),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }
    return found | {name: version(name) for name in LIBRARIES}


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
