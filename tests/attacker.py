"""An attacker: what can be worked out of hidden groups from every count that is published of a subject.

Every count that is shown is a linear constraint on unknown counts, as are the ways in which groups
add up, weighted and not. A linear program for each hidden group and answer then says between which
counts the true one must lie; where both ends meet, the group is pinned. The attacker knows which
groups lie in which, every weight, and which groups of respondents without a value are empty.

What belongs here: the constraints and the programs, written apart from the code that hides. What
does not: reading what is published.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog

Group = tuple[str, str]
NO_VALUE = "~"


@dataclass(frozen=True)
class Layout:
    """The break-downs by their attributes, and which groups of an attribute lie in which of another."""

    breakdowns: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, Sequence[str]]
    holders: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    def groups(self, breakdown: str) -> list[Group]:
        """Every group that a break-down may have, those without a value among them."""
        attributes = self.breakdowns[breakdown]
        if not attributes:
            return [(breakdown, "all")]
        codes = [[*self.codes[attribute], NO_VALUE] for attribute in attributes]
        return [(breakdown, "|".join(pair)) for pair in product(*codes)]

    def sums(self) -> Iterator[tuple[Group, list[Group]]]:
        """A group, and the groups of a finer break-down that make it up, for each two break-downs."""
        for coarse, fine in product(self.breakdowns, repeat=2):
            seen = [
                self._seen(attribute, self.breakdowns[fine])
                for attribute in self.breakdowns[coarse]
            ]
            if coarse != fine and all(seen):
                inside: dict[str, list[Group]] = {}
                for group in self.groups(fine):
                    values = dict(zip(self.breakdowns[fine], group[1].split("|"), strict=False))
                    code = "|".join(through(values) for through in seen if through)
                    inside.setdefault(code or "all", []).append(group)
                for code, members in inside.items():
                    yield (coarse, code), members

    def _seen(self, attribute: str, attributes: Sequence[str]) -> Any:
        """How a group of these attributes tells that of another: it is among them, or holds one."""
        if attribute in attributes:
            return lambda values: values[attribute]
        for held in attributes:
            if (held, attribute) in self.holders:
                holders = self.holders[held, attribute]
                return lambda values: holders.get(values[held], NO_VALUE)
        return None


@dataclass(frozen=True)
class Told:
    """What is published of one subject: counts by answer of the groups that are shown, the same weighted,
    and the break-downs of which everyone with a value is told. `empty` are groups known to have nobody.
    """

    counts: Mapping[Group, Sequence[float]]
    weighted: Mapping[Group, Sequence[float]] = field(default_factory=dict)
    weights: Mapping[Group, tuple[float, float]] = field(default_factory=dict)
    everyone: Mapping[str, Sequence[float]] = field(default_factory=dict)
    empty: frozenset[Group] = frozenset()


@dataclass(frozen=True)
class Pinned:
    """What was worked out of a hidden group: `size`, `answer` or `one answer`."""

    group: Group
    kind: str


def attack(layout: Layout, told: Told, hidden: Mapping[Group, Sequence[float]]) -> list[Pinned]:
    """What can be pinned of hidden groups, which come with their true counts by answer."""
    program = _Program(layout, told)
    found = []
    for group, truth in hidden.items():
        ends = [program.range(group, answer) for answer in range(len(truth))]
        if all(high - low < 0.5 for low, high in ends):
            found.append(Pinned(group, "size"))
        elif any(
            count and high - low < 0.5 for (low, high), count in zip(ends, truth, strict=True)
        ):
            found.append(Pinned(group, "answer"))
        elif len(truth) > 1 and sum(high > 0.5 for _, high in ends) == 1:
            found.append(Pinned(group, "one answer"))
    return found


class _Program:
    def __init__(self, layout: Layout, told: Told) -> None:
        groups = [group for name in layout.breakdowns for group in layout.groups(name)]
        self.place = {
            group: place
            for place, group in enumerate(group for group in groups if group not in told.empty)
        }
        self.told = told
        sums = [
            (self.place.get(whole), [self.place[part] for part in parts if part in self.place])
            for whole, parts in layout.sums()
        ]
        everyone = [
            (
                name,
                [
                    self.place[group]
                    for group in layout.groups(name)
                    if group in self.place and NO_VALUE not in group[1].split("|")
                ],
            )
            for name in told.everyone
        ]
        self.size = len(self.place)
        self.scale = max((high for _, high in told.weights.values()), default=1.0)
        self.rows = []
        for whole, parts in sums:
            row = np.zeros(self.size)
            row[parts] = 1
            if whole is not None:
                row[whole] -= 1
            self.rows.append(row)
        self.everyone = []
        for name, parts in everyone:
            row = np.zeros(self.size)
            row[parts] = 1
            self.everyone.append((name, row))

    def range(self, group: Group, answer: int) -> tuple[float, float]:
        """Between which counts the group's must lie, of one answer."""
        equal, right, bounds, above = self._constraints(answer)
        goal = np.zeros(equal.shape[1])
        goal[self.place[group]] = 1
        ends = []
        for sign in (1, -1):
            found: Any = linprog(
                sign * goal,
                A_ub=above if len(above) else None,
                b_ub=np.zeros(len(above)) if len(above) else None,
                A_eq=equal,
                b_eq=right,
                bounds=bounds,
                method="highs",
            )
            ends.append(np.inf if found.status == 3 else sign * found.fun)
            assert found.status in (0, 3), found.message
        return ends[0], ends[1]

    def _constraints(self, answer: int) -> tuple[Any, Any, Any, Any]:
        known: dict[int, float] = {
            self.place[group]: counts[answer] for group, counts in self.told.counts.items()
        }
        bounds: list[tuple[float, float | None]] = [
            (known.get(place, 0.0), known.get(place)) for place in range(self.size)
        ]
        equal = [*self.rows, *(row for _, row in self.everyone)]
        right = [0.0] * len(self.rows) + [
            self.told.everyone[name][answer] for name, _ in self.everyone
        ]
        if not self.told.weights:
            return np.array(equal), np.array(right), bounds, np.empty((0, self.size))
        weighted = {
            self.place[group]: values[answer] / self.scale
            for group, values in self.told.weighted.items()
        }
        bounds += [_about(weighted.get(place)) for place in range(self.size)]
        nothing = np.zeros((len(self.rows), self.size))
        rows = np.vstack(
            [
                np.hstack([np.array(equal), np.zeros((len(equal), self.size))]),
                np.hstack([nothing, np.array(self.rows)]),
            ]
        )
        lowest = min(low for low, _ in self.told.weights.values())
        low_rows = np.zeros((self.size, 2 * self.size))
        high_rows = np.zeros((self.size, 2 * self.size))
        for group, place in self.place.items():
            low, high = self.told.weights.get(group, (lowest, self.scale))
            # Weights of rounding errors' breadth keep a program possible.
            low_rows[place, [place, self.size + place]] = low / self.scale * (1 - 1e-9), -1
            high_rows[place, [place, self.size + place]] = -high / self.scale * (1 + 1e-9), 1
        return (
            rows,
            np.array([*right, *[0.0] * len(self.rows)]),
            bounds,
            np.vstack([low_rows, high_rows]),
        )


def constraints(layout: Layout, told: Told) -> int:
    """How many equations the attacker has: what is told, and how groups add up, by answer."""
    answers = len(next(iter(told.counts.values()), ()))
    program = _Program(layout, told)
    weighings = 2 if told.weights else 1
    return answers * weighings * (len(program.rows) + len(told.counts)) + answers * len(
        told.everyone
    )


def _about(value: float | None) -> tuple[float, float | None]:
    """Bounds for a weighted count: itself, but for what rounding does to its sums."""
    return (0.0, None) if value is None else (value - 1e-6, value + 1e-6)
