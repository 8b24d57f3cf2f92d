"""Rows of a codebook, asked in the ways that rules need: sets, pairs, one wave, what is repeated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from orchestration.codebook import Codebook, Row


def values(rows: Iterable[Row], column: str) -> set[str]:
    """The different values of a column."""
    return {row[column] for row in rows}


def pairs(rows: Iterable[Row], first: str, second: str) -> set[tuple[str, str]]:
    """The different pairs of two columns' values."""
    return {(row[first], row[second]) for row in rows}


def repeated(keys: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The keys that come more than once, in order."""
    return sorted(key for key, count in Counter(keys).items() if count > 1)


def in_wave(codebook: Codebook, table: str, wave_id: str) -> list[Row]:
    """The rows of a table that belong to one wave."""
    return [row for row in codebook.table(table) if row["wave_id"] == wave_id]


def kinds(codebook: Codebook) -> dict[str, str]:
    """The kind of each attribute."""
    return {row["attribute_id"]: row["kind"] for row in codebook.table("attributes")}


def versions(codebook: Codebook, wave_id: str) -> dict[str, Row]:
    """What a wave asked: the rows of the crosswalk by item."""
    return {row["item_id"]: row for row in in_wave(codebook, "item_versions", wave_id)}


def previous_wave(codebook: Codebook, wave_id: str) -> str:
    """The wave that trends of this one compare with; blank for the first."""
    return next(
        row["previous_wave_id"] for row in codebook.table("waves") if row["wave_id"] == wave_id
    )


def listed(names: Iterable[object]) -> str:
    """`'a', 'b'`, in order, for a sentence."""
    return ", ".join(sorted(map(repr, names)))
