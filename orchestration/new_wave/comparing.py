"""Comparing: what two waves ask alike, from the codebook alone.

What belongs here: items that are the same, reworded, rescaled, replaced, gone or new, and columns
and codes that changed. What does not: answers, and how a comparison is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from orchestration.codebook import Codebook, Row
from orchestration.codebook_rules.rows import in_wave, previous_wave, versions
from orchestration.new_wave.errors import NewWaveError


class Change(StrEnum):
    """What happened to an item between two waves."""

    SAME = "same"
    REWORDED = "reworded"
    RESCALED = "rescaled"
    REPLACED = "replaced"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Asked:
    """How one wave asks an item."""

    column: str
    wording: str
    code_list: str
    scale: str
    is_reversed: bool


@dataclass(frozen=True)
class ItemChange:
    """An item in two waves; `before` or `after` is None where that wave does not ask it."""

    theme_id: str
    item_id: str
    label_en: str
    change: Change
    before: Asked | None
    after: Asked | None
    note: str


@dataclass(frozen=True)
class AttributeChange:
    """An attribute in two waves whose column, codes or groups differ; a column is None where the
    wave has none. Codes are those of one wave only, or with another group; groups likewise.
    """

    attribute_id: str
    column_before: str | None
    column_after: str | None
    codes_out: tuple[str, ...]
    codes_in: tuple[str, ...]
    groups_out: tuple[str, ...]
    groups_in: tuple[str, ...]


@dataclass(frozen=True)
class CodeListChange:
    """Another code list for items that both waves ask, or the same one turned round: how many."""

    before: str
    after: str
    items: int
    turned: int


@dataclass(frozen=True)
class Comparison:
    """Two waves side by side: every item, in order of theme and place, and the attributes and code
    lists that changed.
    """

    before: str
    after: str
    items: tuple[ItemChange, ...]
    attributes: tuple[AttributeChange, ...]
    code_lists: tuple[CodeListChange, ...]


def compare_waves(codebook: Codebook, before: str, after: str) -> Comparison:
    """Compare two waves, which need not follow each other.

    Raises NewWaveError where the codebook lacks one of them.
    """
    for wave_id in (before, after):
        if wave_id not in codebook.waves:
            raise NewWaveError(
                f"Wave {wave_id!r} is not in waves.csv, which has {', '.join(codebook.waves)}."
            )
    items = tuple(_items(codebook, before, after))
    attributes = tuple(_attributes(codebook, before, after))
    return Comparison(before, after, items, attributes, tuple(_code_lists(items)))


def _items(codebook: Codebook, before: str, after: str) -> Iterator[ItemChange]:
    scales = {row["code_list"]: row["scale_id"] for row in codebook.table("answer_codes")}
    place = {row["theme_id"]: int(row["position"]) for row in codebook.table("themes")}
    earlier, later = versions(codebook, before), versions(codebook, after)
    for item in sorted(
        codebook.table("items"), key=lambda row: (place[row["theme_id"]], int(row["position"]))
    ):
        item_id = item["item_id"]
        old, new = (
            _asked(wave[item_id], scales) if item_id in wave else None for wave in (earlier, later)
        )
        if old or new:
            change, note = _change(codebook, item_id, before, after, old, new)
            yield ItemChange(item["theme_id"], item_id, item["label_en"], change, old, new, note)


def _asked(version: Row, scales: Mapping[str, str]) -> Asked:
    return Asked(
        column=version["source_column"],
        wording=version["wording"],
        code_list=version["code_list"],
        scale=scales[version["code_list"]],
        is_reversed=version["is_reversed"] == "true",
    )


def _change(
    codebook: Codebook, item_id: str, before: str, after: str, old: Asked | None, new: Asked | None
) -> tuple[Change, str]:
    """What happened to the item, and the note of the wave where it happened last."""
    chain = [
        found
        for wave_id in _waves_between(codebook, before, after)
        if (found := versions(codebook, wave_id).get(item_id))
    ]
    note = next((row["comparability_note"] for row in chain if row["comparability_note"]), "")
    if new is None:
        return Change.GONE, ""
    if old is None:
        is_replacing = any(row["comparability"] == "replaced" for row in chain)
        return (Change.REPLACED if is_replacing else Change.NEW), note
    if old.scale != new.scale:
        return Change.RESCALED, note
    return (Change.SAME, "") if old.wording == new.wording else (Change.REWORDED, note)


def _waves_between(codebook: Codebook, before: str, after: str) -> Iterator[str]:
    """The wave `after` and those that it follows, back to `before`, which is left out."""
    wave_id = after
    while wave_id and wave_id != before:
        yield wave_id
        wave_id = previous_wave(codebook, wave_id)


def _code_lists(items: Iterable[ItemChange]) -> Iterator[CodeListChange]:
    counted: Counter[tuple[str, str]] = Counter()
    turned: Counter[tuple[str, str]] = Counter()
    for item in items:
        if item.before and item.after:
            lists = (item.before.code_list, item.after.code_list)
            counted[lists] += 1
            turned[lists] += item.before.is_reversed != item.after.is_reversed
    for lists, count in counted.items():
        if len(set(lists)) > 1 or turned[lists]:
            yield CodeListChange(*lists, count, turned[lists])


def _attributes(codebook: Codebook, before: str, after: str) -> Iterator[AttributeChange]:
    columns = [
        {
            row["attribute_id"]: row["source_column"]
            for row in in_wave(codebook, "attribute_columns", wave_id)
        }
        for wave_id in (before, after)
    ]
    for attribute in codebook.table("attributes"):
        name = attribute["attribute_id"]
        old, new = (
            {
                row["code"]: row["group_code"]
                for row in in_wave(codebook, "attribute_codes", wave_id)
                if row["attribute_id"] == name
            }
            for wave_id in (before, after)
        )
        change = AttributeChange(
            attribute_id=name,
            column_before=columns[0].get(name),
            column_after=columns[1].get(name),
            codes_out=tuple(code for code in old if new.get(code) != old[code]),
            codes_in=tuple(code for code in new if old.get(code) != new[code]),
            groups_out=tuple(dict.fromkeys(g for g in old.values() if g not in new.values())),
            groups_in=tuple(dict.fromkeys(g for g in new.values() if g not in old.values())),
        )
        is_changed = change.column_before != change.column_after
        if is_changed or change.codes_out or change.codes_in:
            yield change
