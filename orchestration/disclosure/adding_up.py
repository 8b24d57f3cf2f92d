"""How groups add up: which sums a reader of all break-downs of a wave can take.

Every break-down divides the same respondents, so each adds up to the total; crossed groups add up to
both sides, and groups that are nested (organisations in ministries) to what holds them. Respondents
without a value are in no group that is published, and are a part of their own: what is left.

What belongs here: parts, and sums of them. What does not: what is hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# A break-down and a group; crossed groups are joined by a bar.
Group = tuple[str, str]
Counts = NDArray[np.int64]
# The lowest and the highest weight of a respondent of a group.
Ends = tuple[float, float]

TOTAL: Group = ("total", "all")
NO_VALUE = "~"


def is_without_value(group: Group) -> bool:
    """Whether a part is of respondents without a value, which no break-down publishes."""
    return NO_VALUE in group[1].split("|")


@dataclass(frozen=True)
class Breakdown:
    """A break-down by one attribute or, crossed, by two; the total by none."""

    name: str
    attributes: tuple[str, ...]


@dataclass(frozen=True)
class Nesting:
    """Groups of one attribute lie within those of another, as organisations in ministries."""

    attribute: str
    within: str
    holders: Mapping[str, str]


@dataclass
class Parts:
    """The groups of a wave as they were counted for one subject, and how they add up.

    `counts` has the respondents of a part by answer; `weights` how far theirs go, where weighted
    figures tell of it; `sums` have a whole and the parts that make it up. A part without respondents that no break-down names is left out, as everybody knows it.
    """

    counts: dict[Group, Counts]
    weights: Mapping[Group, Ends] = field(default_factory=dict)
    sums: list[tuple[Group, tuple[Group, ...]]] = field(default_factory=list)

    def add(self, whole: Group, parts: Sequence[Group], rest: Group) -> None:
        """Let the parts and a rest, which is what is left, make up the whole."""
        left = self.counts[whole] - sum((self.counts[part] for part in parts), start=0)
        if left.any():
            self.counts[rest] = self.counts.get(rest, 0) + left
            parts = (*parts, rest)
        if parts:
            self.sums.append((whole, tuple(parts)))


def parts_of(
    counts: Mapping[Group, Counts],
    breakdowns: Sequence[Breakdown],
    nestings: Sequence[Nesting] = (),
    weights: Mapping[Group, Ends] | None = None,
) -> Parts:
    """The parts that these counted groups make, with all their sums; `counts` has the total among them."""
    parts = Parts(dict(counts), weights or {})
    groups: dict[str, list[str]] = defaultdict(list)
    for name, code in sorted(counts):
        groups[name].append(code)
    single = {
        breakdown.attributes[0]: breakdown.name
        for breakdown in breakdowns
        if len(breakdown.attributes) == 1 and groups[breakdown.name]
    }
    held = {nesting.attribute: nesting for nesting in nestings}
    # What holds others comes before them, and crossed groups last.
    for attribute, name in sorted(single.items(), key=lambda item: item[0] in held):
        nesting = held.get(attribute)
        if nesting and nesting.within in single:
            _add_nested(parts, groups, name, single[nesting.within], nesting)
        else:
            parts.add(TOTAL, [(name, code) for code in groups[name]], (name, NO_VALUE))
    for breakdown in breakdowns:
        if len(breakdown.attributes) == 2 and groups[breakdown.name]:
            _add_crossed(parts, groups[breakdown.name], breakdown, single)
    return parts


def _add_nested(
    parts: Parts, groups: Mapping[str, list[str]], name: str, within: str, nesting: Nesting
) -> None:
    for holder in [*groups[within], NO_VALUE]:
        if (within, holder) not in parts.counts:
            continue
        inside = [
            (name, code) for code in groups[name] if nesting.holders.get(code, NO_VALUE) == holder
        ]
        parts.add((within, holder), inside, (name, f"{NO_VALUE}|{holder}"))


def _add_crossed(
    parts: Parts, codes: Sequence[str], breakdown: Breakdown, single: Mapping[str, str]
) -> None:
    pairs = [tuple(code.split("|")) for code in codes]
    sides = [
        (place, single[attribute])
        for place, attribute in enumerate(breakdown.attributes)
        if attribute in single
    ]
    if not sides:
        parts.add(TOTAL, [(breakdown.name, code) for code in codes], (breakdown.name, NO_VALUE))
    for place, side in sides:
        for whole in [group for group in sorted(parts.counts) if group[0] == side]:
            crossed = [
                (breakdown.name, code)
                for code, pair in zip(codes, pairs, strict=True)
                if pair[place] == whole[1]
            ]
            other = [NO_VALUE, NO_VALUE]
            other[place] = whole[1]
            if crossed:
                parts.add(whole, crossed, (breakdown.name, "|".join(other)))
