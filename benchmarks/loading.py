"""How long it takes to check and load a large delivery, beside DuckDB reading it as text into a table.

Each measurement is a process of its own: seconds are those of the work, without starting Python; memory is
the most that the process held. Both ways begin with an empty database, and take turns.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from orchestration.settings import Settings

BARE, LOAD = "bare", "load"
# Of 93 items.
WAVE = "2024"


@dataclass(frozen=True)
class Measurement:
    """One round of one way: seconds of work, and the most memory in GB (10⁹ bytes)."""

    seconds: float
    gigabytes: float


@dataclass(frozen=True)
class Result:
    """The medians of all rounds; `ratio` is that of the seconds, `gigabytes` the most of any."""

    rows: int
    columns: int
    file_gigabytes: float
    threads: int
    bare_seconds: float
    load_seconds: float
    ratio: float
    bare_gigabytes: float
    load_gigabytes: float


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--respondents", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--step", choices=[BARE, LOAD], help=argparse.SUPPRESS)
    parser.add_argument("--paths", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        print(json.dumps(asdict(work(given.step, *given.paths))))
        return
    with TemporaryDirectory(prefix="vakwerk_benchmark_") as folder:
        print(json.dumps(asdict(compare(Path(folder), given.respondents, given.rounds)), indent=2))


def compare(folder: Path, respondents: int, rounds: int) -> Result:
    """Make the file, and measure both ways in turns."""
    path = folder / f"wave_{WAVE}.csv"
    simulate(path, respondents)
    found: dict[str, list[Measurement]] = {BARE: [], LOAD: []}
    for number in range(1, rounds + 1):
        for step, measurements in found.items():
            with TemporaryDirectory(dir=folder) as home:
                measurements.append(measure(step, Path(home), path))
        bare, load = found[BARE][-1], found[LOAD][-1]
        print(
            f"round {number}: as text {bare.seconds:.1f} s, {bare.gigabytes:.1f} GB; "
            f"checked and loaded {load.seconds:.1f} s, {load.gigabytes:.1f} GB; "
            f"ratio {load.seconds / bare.seconds:.2f}",
            flush=True,
        )
    seconds = {step: median(each.seconds for each in found[step]) for step in found}
    gigabytes = {step: max(each.gigabytes for each in found[step]) for step in found}
    with path.open(encoding="utf-8") as file:
        columns = file.readline().count(",") + 1
    return Result(
        rows=respondents,
        columns=columns,
        file_gigabytes=round(path.stat().st_size / 1e9, 3),
        threads=settings(folder).threads,
        bare_seconds=round(seconds[BARE], 2),
        load_seconds=round(seconds[LOAD], 2),
        ratio=round(seconds[LOAD] / seconds[BARE], 2),
        bare_gigabytes=round(gigabytes[BARE], 2),
        load_gigabytes=round(gigabytes[LOAD], 2),
    )


def measure(step: str, home: Path, path: Path) -> Measurement:
    """One way in a process of its own. Raises CalledProcessError where it fails."""
    command = [sys.executable, __file__, "--step", step, "--paths", str(home), str(path)]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Measurement(**json.loads(said))


def work(step: str, home: Path, path: Path) -> Measurement:
    """One way, in this very process."""
    way = read_as_text if step == BARE else check_and_load
    begin = time.perf_counter()
    way(home, path)
    seconds = time.perf_counter() - begin
    # Linux counts in units of 1,024 bytes.
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Measurement(seconds, most / 1e9)


def simulate(path: Path, respondents: int) -> None:
    """Write the delivery, in a process of its own whose memory is nobody's."""
    program = Path(sys.executable).with_name("vakwerk")
    command: list[str | Path] = [program, "simulate", "--wave", WAVE, "--output", path]
    subprocess.run([*command, "--respondents", str(respondents)], check=True, stdout=sys.stderr)


def settings(home: Path) -> Settings:
    """A home of the benchmark's own, for the study's survey."""
    return Settings.from_environment({"VAKWERK_TARGET": "ci", "VAKWERK_HOME": str(home / "home")})


def read_as_text(home: Path, path: Path) -> None:
    """What DuckDB does alone: the file as a table of text, in a database on disk."""
    import duckdb

    threads = settings(home).threads
    with duckdb.connect(home / "bare.duckdb", config={"threads": threads}) as connection:
        connection.execute(
            "create table delivered as from read_csv($path, all_varchar = true)",
            {"path": str(path)},
        )


def check_and_load(home: Path, path: Path) -> None:
    """What the project does: the file held against the codebook, and loaded."""
    from orchestration.deliveries.door import accept
    from orchestration.deliveries.loading import load

    accept(path, settings(home), WAVE)
    load(settings(home), WAVE)


if __name__ == "__main__":
    main()
