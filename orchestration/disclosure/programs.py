"""The linear programs: the counts nearest to the true ones that give a group what it needs.

What belongs here: their columns, rows and costs. What does not: which groups need what.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from orchestration.disclosure.adding_up import Ends, Group, Parts, is_without_value

# What is hidden already costs next to nothing; free, a program would have many ends.
HIDDEN_COST = 1e-6
TOLERANCE = 1e-6
# A group of everyone counts as so many small ones more.
SIZE_COST = 10


@dataclass(frozen=True)
class Need:
    """By how much the respondents of a group who gave some answers must go up, or down (`sign`)."""

    group: Group
    answers: NDArray[np.float64]
    amount: float
    sign: int = 1


class Programs:
    """The linear programs of parts that add up together.

    Variables are what each part has more, and what it has less, of each answer; of a part whose
    respondents have several weights, once at the lowest and once at the highest. Every sum must hold
    for every answer, weighted and not.
    """

    def __init__(self, parts: Parts) -> None:
        self.groups = list(parts.counts)
        self.counts = np.array([parts.counts[group] for group in self.groups])
        any_weight = _any_weight(parts)
        ends = [_ends(parts, group, any_weight) for group in self.groups]
        # The part, and the weight, of each column; a column has a variable for every answer.
        self.part = np.repeat(np.arange(len(self.groups)), [len(weights) for weights in ends])
        weight = np.array([end for weights in ends for end in weights])
        signs = _signs(parts.sums, self.groups)[:, self.part]
        weighed = [
            number for number, (_, parts_) in enumerate(parts.sums) if _is_weighed(parts, parts_)
        ]
        self.sums = np.vstack([signs, signs[weighed] * weight])
        self.share = (self.counts / np.bincount(self.part)[:, None])[self.part]

    def changed(
        self,
        needs: Sequence[Need],
        hidden: Collection[Group],
        sizes: Mapping[Group, int],
    ) -> list[Group]:
        """The parts that change in the nearest counts that meet the needs; all, where none do."""
        size = np.array(
            [sizes.get(name, own.sum()) for name, own in zip(self.groups, self.counts, strict=True)]
        )
        is_hidden = np.array([name in hidden for name in self.groups])
        cost = np.where(is_hidden, HIDDEN_COST, 1 + SIZE_COST * size / (1 + size.max()))
        # What is hidden already is enough more often than not, and makes a small program.
        for columns in (np.flatnonzero(is_hidden[self.part]), np.arange(len(self.part))):
            change = self._nearest(needs, columns, cost)
            if change is not None:
                return [self.groups[part] for part in np.unique(self.part[columns[change]])]
        return self.groups

    def _nearest(
        self, needs: Sequence[Need], columns: NDArray[np.intp], cost: NDArray[np.float64]
    ) -> NDArray[np.bool_] | None:
        """Which of the columns change; None where they cannot meet the needs."""
        answers = self.counts.shape[1]
        part = self.part[columns]
        sums = self.sums[:, columns]
        by_answer = np.kron(sums[sums.any(axis=1)], np.eye(answers))
        rows = np.array(
            [
                np.outer(part == self.groups.index(need.group), need.answers).ravel() * need.sign
                for need in needs
            ]
        )
        most = np.concatenate([np.full(len(part) * answers, np.inf), self.share[columns].ravel()])
        amounts = [need.amount for need in needs]
        nothing = np.zeros(len(by_answer))
        # Without a whole number among the variables this is a linear program; `linprog` costs more.
        found = milp(
            np.tile(np.repeat(cost[part], answers), 2),
            bounds=Bounds(0, most),
            constraints=LinearConstraint(
                np.block([[by_answer, -by_answer], [rows, -rows]]),
                np.concatenate([nothing, amounts]),
                np.concatenate([nothing, np.full(len(needs), np.inf)]),
            ),
        )
        if found.x is None:
            return None
        changes: NDArray[np.bool_] = (
            found.x.reshape(2, len(part), answers).max(axis=(0, 2)) > TOLERANCE
        )
        return changes


def _any_weight(parts: Parts) -> Ends:
    """The lowest and the highest weight that a respondent of any part may have."""
    lowest, highest = zip(*(parts.weights.values() or [(1.0, 1.0)]), strict=True)
    return min(lowest), max(highest)


def _ends(parts: Parts, group: Group, any_weight: Ends) -> Sequence[float]:
    """The lowest and the highest weight in a part, once where they are one; without a value, any."""
    lowest, highest = parts.weights.get(group, any_weight)
    return [lowest] if highest - lowest <= TOLERANCE * highest else [lowest, highest]


def _is_weighed(parts: Parts, members: Sequence[Group]) -> bool:
    """Whether weighted figures say more of a sum than unweighted ones: where weights differ and are known."""
    known = {end for member in members if member in parts.weights for end in parts.weights[member]}
    named = [member for member in members if not is_without_value(member)]
    return len(known) > 1 and all(member in parts.weights for member in named)


def _signs(
    sums: Sequence[tuple[Group, tuple[Group, ...]]], groups: Sequence[Group]
) -> NDArray[np.float64]:
    """A row for each sum: its parts, less its whole where that may change."""
    place = {group: number for number, group in enumerate(groups)}
    signs = np.zeros((len(sums), len(groups)))
    for row, (whole, members) in enumerate(sums):
        for member in members:
            signs[row, place[member]] = 1
        if whole in place:
            signs[row, place[whole]] = -1
    return signs
