"""A billion answers on this machine: three waves simulated, loaded, staged, counted, and all marts made of their cells.

What belongs here: each step once, with its time, memory and bytes; docs/scale.md reckons on from there. What does not:
turns and peers, which the other parts have.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.homes import NO_TESTS, dbt_command, load_command, settings_of, simulated
from benchmarks.measuring import timed_command
from benchmarks.parts import Part, Row
from orchestration.settings import PROJECT, Settings

WAVES = ("2022", "2024", "2026")
ANSWERS = 1_000_000_000
ITEMS = 93
LOAD, COUNT, MARTS = "load", "stage and count", "sums and marts"
CELLS = "path:models/intermediate/cells"


def measure(folder: Path, *, is_trial: bool) -> Part:
    """A reading a step; rows, cells and bytes as figures."""
    respondents = 1_000 if is_trial else ANSWERS // ITEMS // len(WAVES)
    settings = settings_of(folder / "home")
    readings: list[Row] = []
    delivered = 0

    def step(name: str, command: list[str | Path]) -> None:
        reading = timed_command(command, settings.environment, PROJECT)
        print(f"{name}: {reading.wall:.0f} s, {reading.megabytes:.0f} MB", flush=True)
        readings.append(Row.of("step", name, respondents * len(WAVES), reading))

    for wave in WAVES:
        file = simulated(folder, wave, respondents, "parquet")
        delivered += file.stat().st_size
        step(f"{LOAD} {wave}", load_command(settings.home, file, wave))
        file.unlink()
    step(COUNT, dbt_command(settings, "build", *NO_TESTS, "--select", f"+{CELLS}"))
    step(MARTS, dbt_command(settings, "build", *NO_TESTS))
    return Part(readings, _sizes(settings) | {"delivered_gigabytes": delivered / 1e9})


def _sizes(settings: Settings) -> dict[str, float]:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:

        def ask(query: str) -> float:
            (value,) = connection.execute(query).fetchone() or (0,)
            return float(value)

        tables = connection.execute(
            "select table_name, estimated_size from duckdb_tables() "
            "where schema_name = 'intermediate' and table_name like '%_cells' order by all"
        ).fetchall()
        return {
            "respondents": ask("select count(*) from staging.stg_responses"),
            "answers": ask("select sum(respondents) from intermediate.answer_cells join "
                           "staging.stg_profiles using (wave_id, profile_id) where cube = 'main'"),
            "warehouse_gigabytes": settings.warehouse.stat().st_size / 1e9,
            "wide_gigabytes": _bytes(ask, "staging.stg_responses") / 1e9,
            "raw_gigabytes": sum(_bytes(ask, f"raw.wave_{wave}") for wave in WAVES) / 1e9,
            "cells": sum(rows for _, rows in tables),
            "cells_megabytes": sum(_bytes(ask, f"intermediate.{table}") for table, _ in tables) / 1e6,
        }  # fmt: skip


def _bytes(ask: Callable[[str], float], table: str) -> float:
    """What a table takes in the file, in blocks of 256 KiB."""
    return 262_144 * ask(
        f"select count(distinct block_id) from pragma_storage_info('{table}') where persistent"
    )
