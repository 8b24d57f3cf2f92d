"""Waves: that each has its rows, its place in time, and a name by which its files are known."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.codebook import Codebook
from orchestration.codebook_rules.rows import in_wave, listed, repeated, values


def waves_are_covered(codebook: Codebook) -> Iterator[str]:
    """Every wave has items, attributes and codes, and no row is of another wave."""
    waves = set(codebook.waves)
    for table in ("item_versions", "attribute_columns", "attribute_codes"):
        found = values(codebook.table(table), "wave_id")
        if missing := waves - found:
            yield f"{table}.csv: no row is of wave {listed(missing)}."
    for table in (
        *("item_versions", "attribute_columns", "attribute_codes"),
        *("population", "population_margins", "weight_bounds"),
    ):
        if unknown := values(codebook.table(table), "wave_id") - waves:
            yield f"{table}.csv: wave {listed(unknown)} is not in waves.csv."


def waves_follow_an_earlier_one(codebook: Codebook) -> Iterator[str]:
    """One wave is the first; every other follows one whose fieldwork ended before."""
    waves = {row["wave_id"]: row for row in codebook.table("waves")}
    first = [wave_id for wave_id, row in waves.items() if not row["previous_wave_id"]]
    if len(first) != 1:
        yield f"waves.csv: one wave has no previous_wave_id, and here {len(first)} have none."
    for wave_id, row in waves.items():
        if row["fieldwork_start"] > row["fieldwork_end"]:
            yield f"waves.csv: the fieldwork of wave {wave_id} ends before it starts."
        previous = row["previous_wave_id"]
        if previous and previous not in waves:
            yield f"waves.csv: wave {wave_id} follows {previous!r}, which is no wave."
        elif previous and waves[previous]["fieldwork_end"] >= row["fieldwork_start"]:
            yield f"waves.csv: wave {wave_id} starts before wave {previous} has ended."


def file_names_tell_the_wave(codebook: Codebook) -> Iterator[str]:
    """A file name that fits the pattern of one wave fits no other."""
    for wave in codebook.waves.values():
        if codebook.wave_of(wave.file_pattern.replace("*", "x")) != wave:
            yield f"waves.csv: the file_pattern of wave {wave.wave_id} fits another wave's files too."


def columns_are_mapped_once(codebook: Codebook) -> Iterator[str]:
    """A delivered column is one item, or feeds attributes; an item has one column a wave."""
    for wave_id in codebook.waves:
        items = in_wave(codebook, "item_versions", wave_id)
        sources = values(in_wave(codebook, "attribute_columns", wave_id), "source_column")
        # DuckDB ignores case in names, so two columns may not differ by case alone.
        names = [*(row["source_column"] for row in items), *sources]
        for (name,) in repeated((name.lower(),) for name in names):
            yield (
                f"item_versions.csv, attribute_columns.csv: column {name!r} of wave {wave_id} "
                "is mapped more than once."
            )
        for (item,) in repeated((row["item_id"],) for row in items):
            yield f"item_versions.csv: item {item!r} has more than one column in wave {wave_id}."
