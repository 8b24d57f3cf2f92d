"""A billion answers on this machine, from delivery to marts; and a hundred billion, from drawn cells to marts.

What belongs here: each step once, with its time, memory and bytes; docs/scale.md reckons on from there. What does not:
the draw (`drawn.py`), and turns and peers, which the other parts have.

The billion is simulated, loaded and counted. It is drawn too, from waves of the study's size, to see how many cells a
draw gives where the count is known. A hundred billion are drawn only, from the cells of the billion.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from benchmarks.drawn import draw_home
from benchmarks.homes import (
    NO_TESTS,
    built,
    dbt_command,
    grown,
    load_command,
    settings_of,
    simulated,
)
from benchmarks.measuring import Reading, timed_alone, timed_command
from benchmarks.parts import Part, Row
from orchestration.settings import PROJECT, Settings

WAVES = ("2022", "2024", "2026")
ANSWERS = 1_000_000_000
ITEMS = 93
# Respondents of a wave of the study's size, from which a billion is drawn; the study had some 3,700.
STUDY = 4_000
LOAD, COUNT, MARTS, DRAW = "load", "stage and count", "sums and marts", "draw cells"
# Series of readings: what was counted, and what was drawn, of how many answers.
COUNTED, DRAWN, DRAWN_FURTHER = "step", "drawn billion", "drawn hundred billion"
CELLS = "path:models/intermediate/cells"
AFTER_CELLS = (
    *("--full-refresh", "--select", "path:models/intermediate", "path:models/marts"),
    *("--exclude", CELLS),
)


def measure(folder: Path, *, is_trial: bool) -> Part:
    """A reading a step; rows, cells and bytes as figures."""
    answers = ITEMS * len(WAVES) * 1_000 if is_trial else ANSWERS
    respondents = answers // ITEMS // len(WAVES)
    few_respondents = respondents // 2 if is_trial else STUDY
    survey = grown(folder / "survey", respondents // few_respondents)
    settings = settings_of(folder / "home", survey)
    readings: list[Row] = []
    delivered = 0

    def step(name: str, reading: Reading, series: str = COUNTED) -> None:
        print(f"{series}, {name}: {reading.wall:.0f} s, {reading.megabytes:.0f} MB", flush=True)
        readings.append(Row.of(series, name, respondents * len(WAVES), reading))

    for wave in WAVES:
        file = simulated(folder, wave, respondents, "parquet", settings.environment)
        delivered += file.stat().st_size
        command = load_command(settings.home, file, wave, survey)
        step(f"{LOAD} {wave}", timed_command(command, settings.environment, PROJECT))
        file.unlink()
    step(COUNT, _built(settings, "--select", f"+{CELLS}"))
    step(MARTS, _built(settings))
    figures = _sizes(settings) | {"delivered_gigabytes": delivered / 1e9}

    study = folder / "study"
    study.mkdir()
    few = built(study / "home", dict.fromkeys(WAVES, few_respondents))
    for series, source, wanted in (
        (DRAWN, few, answers),
        (DRAWN_FURTHER, settings, answers * 100),
    ):
        home = folder / "drawn"
        factor = round(wanted / _answers(source))
        step(DRAW, timed_alone(draw_home, source.home, home, factor), series)
        drawn = settings_of(home, source.survey)
        step(MARTS, _built(drawn, *AFTER_CELLS), series)
        name = series.replace(" ", "_")
        figures |= {f"{name}_{table}": rows for table, rows in _cells(drawn).items()}
        figures |= {f"{name}_answers": _answers(drawn)}
        shutil.rmtree(home)
    return Part(readings, figures)


def _built(settings: Settings, *selected: str) -> Reading:
    """What dbt takes to build models; no tests, nor what they stand on."""
    command = dbt_command(settings, "build", *NO_TESTS, *selected)
    return timed_command(command, settings.environment, PROJECT)


@contextmanager
def _asking(settings: Settings) -> Iterator[Callable[[str], float]]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:

        def ask(query: str) -> float:
            (value,) = connection.execute(query).fetchone() or (0,)
            return float(value)

        yield ask


def _answers(settings: Settings) -> float:
    with _asking(settings) as ask:
        return ask(
            "select sum(respondents) from intermediate.answer_cells "
            "join staging.stg_profiles using (wave_id, profile_id) where cube = 'main'"
        )


def _cells(settings: Settings) -> dict[str, float]:
    """The rows of each table of cells."""
    tables = sorted(
        path.stem
        for path in (settings.dbt_project / "models" / "intermediate" / "cells").glob("*.sql")
    )
    with _asking(settings) as ask:
        return {table: ask(f"select count(*) from intermediate.{table}") for table in tables}


def _sizes(settings: Settings) -> dict[str, float]:
    cells = _cells(settings)
    with _asking(settings) as ask:
        return {
            "respondents": ask("select count(*) from staging.stg_responses"),
            "answers": _answers(settings),
            "warehouse_gigabytes": settings.warehouse.stat().st_size / 1e9,
            "wide_gigabytes": _bytes(ask, "staging.stg_responses") / 1e9,
            "raw_gigabytes": sum(_bytes(ask, f"raw.wave_{wave}") for wave in WAVES) / 1e9,
            "cells": sum(cells.values()),
            "cells_megabytes": sum(_bytes(ask, f"intermediate.{table}") for table in cells) / 1e6,
        } | {f"counted_{table}": rows for table, rows in cells.items()}


def _bytes(ask: Callable[[str], float], table: str) -> float:
    """What a table takes in the file, in blocks of 256 KiB."""
    return 262_144 * ask(
        f"select count(distinct block_id) from pragma_storage_info('{table}') where persistent"
    )
