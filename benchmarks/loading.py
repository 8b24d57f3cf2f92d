"""Checking and loading a large delivery, beside DuckDB's bare read of it as text and pyreadstat's bare read.

What belongs here: a simulated wave as csv, sav and Parquet, and these ways. What does not: the plausibility checks,
which a run makes of any delivery.

Each reading is a process of its own that begins with an empty database: seconds are those of the work, without
starting Python; memory is the most that the process held.
"""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path

from benchmarks.homes import load_wave, settings_of, simulated
from benchmarks.measuring import Reading, Way, in_turns, timed_alone
from benchmarks.parts import Part, Row

# Of 93 items.
WAVE = "2024"
OURS = "checked and loaded"
DUCKDB, PYREADSTAT = "DuckDB, bare", "pyreadstat, bare"
READERS = {"csv": "read_csv($path, all_varchar = true)", "parquet": "read_parquet($path)"}


def measure(folder: Path, *, is_trial: bool) -> Part:
    """Readings by format and way, and the ratios of their seconds."""
    respondents, rounds = (2_000, 1) if is_trial else (1_000_000, 2)
    readings: list[Row] = []
    figures: dict[str, float] = {}
    for format in ("csv", "parquet", "sav"):
        file = simulated(folder, WAVE, respondents, format)
        bare = (PYREADSTAT, read_statistical) if format == "sav" else (DUCKDB, read_as_text)
        ways: dict[str, Way] = {
            bare[0]: partial(_fresh, bare[1], folder / "home", file),
            OURS: partial(_fresh, check_and_load, folder / "home", file),
        }
        found = in_turns(ways, rounds, warm_up=0)
        readings += [Row.of(format, way, respondents, each) for way, each in found.items()]
        figures |= {
            f"{format}_to_bare": found[OURS].wall / found[bare[0]].wall,
            f"{format}_gigabytes": (found[OURS].megabytes or 0) / 1000,
            f"{format}_file_gigabytes": file.stat().st_size / 1e9,
        }
        file.unlink()
    return Part(readings, figures)


def _fresh(way: object, home: Path, file: Path) -> Reading:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    assert callable(way)
    return timed_alone(way, home, file)


def read_as_text(home: Path, file: Path) -> None:
    """What DuckDB does alone: the file as a table, in a database on disk."""
    import duckdb

    threads = settings_of(home).threads
    with duckdb.connect(home / "bare.duckdb", config={"threads": threads}) as connection:
        reader = READERS[file.suffix.removeprefix(".")]
        connection.execute(f"create table delivered as from {reader}", {"path": str(file)})


def read_statistical(_: Path, file: Path) -> None:
    """What pyreadstat does alone: the file as columns in memory."""
    import pyreadstat

    pyreadstat.read_sav(file, output_format="dict")


def check_and_load(home: Path, file: Path) -> None:
    """What the project does: the file held against the codebook, and loaded."""
    load_wave(home / "home", file, WAVE)
