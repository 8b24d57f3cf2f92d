"""The survey's definition as its readers look things up: waves, items, answers, groups, organisations.

What belongs here: bringing the codebook's tables together. What does not: the words of the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from orchestration.codebook import Codebook, Row

TOTAL = "all"


@dataclass(frozen=True)
class Version:
    """How a wave put an item."""

    wave_id: str
    wording: str
    comparability: str


@dataclass(frozen=True)
class Item:
    """An item with its labels, the scales that its answers are on, and each wave that asks it."""

    row: Row
    scale_ids: tuple[str, ...]
    versions: tuple[Version, ...]


@dataclass(frozen=True)
class Group:
    """A group by which results can be asked."""

    group_code: str
    label_nl: str
    label_en: str


@dataclass(frozen=True)
class Definition:
    """What a survey asks of whom, in the order of its codebook."""

    survey: Row
    waves: Sequence[Row]
    themes: Sequence[tuple[Row, Sequence[Item]]]
    scales: Mapping[str, Sequence[Row]]
    breakdowns: Sequence[tuple[Row, Sequence[Group]]]
    organisations: Sequence[Row]


def definition(codebook: Codebook) -> Definition:
    """The whole definition; what a survey does not have is empty."""
    scale_of = {row["code_list"]: row["scale_id"] for row in codebook.table("answer_codes")}
    items = [_item(row, codebook, scale_of) for row in _in_order(codebook.table("items"))]
    scales: dict[str, list[Row]] = {}
    for row in codebook.table("scales"):
        scales.setdefault(row["scale_id"], []).append(row)
    return Definition(
        survey=codebook.survey,
        waves=codebook.table("waves"),
        themes=[
            (theme, [item for item in items if item.row["theme_id"] == theme["theme_id"]])
            for theme in _in_order(codebook.table("themes"))
        ],
        scales=scales,
        breakdowns=[
            (breakdown, _groups(breakdown, codebook.table("groups")))
            for breakdown in _in_order(codebook.table("breakdowns"))
        ],
        organisations=codebook.table("organisations"),
    )


def _in_order(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: int(row["position"]))


def _item(row: Row, codebook: Codebook, scale_of: Mapping[str, str]) -> Item:
    asked = [
        version
        for version in codebook.table("item_versions")
        if version["item_id"] == row["item_id"]
    ]
    return Item(
        row=row,
        scale_ids=tuple(dict.fromkeys(scale_of[version["code_list"]] for version in asked)),
        versions=tuple(
            Version(version["wave_id"], version["wording"], version["comparability"])
            for version in asked
        ),
    )


def _groups(breakdown: Row, groups: Sequence[Row]) -> list[Group]:
    """As in the table `dim_groups`: codes joined by a bar, labels by a dot, the total alone."""
    attributes = [breakdown[name] for name in ("attribute_1", "attribute_2") if breakdown[name]]
    if not attributes:
        return [Group(TOTAL, breakdown["label_nl"], breakdown["label_en"])]
    by_attribute = [
        _in_order([row for row in groups if row["attribute_id"] == attribute])
        for attribute in attributes
    ]
    return [
        Group(
            "|".join(row["group_code"] for row in crossed),
            " · ".join(row["label_nl"] for row in crossed if row["label_nl"]),
            " · ".join(row["label_en"] for row in crossed if row["label_en"]),
        )
        for crossed in product(*by_attribute)
    ]
