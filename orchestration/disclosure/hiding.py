"""What is hidden: small groups, those that gave one answer, and what would give either away.

A group under the minimum is hidden, and one in which all gave the same answer. Then each of these,
for all that a reader can add and subtract, might as well have the minimum of respondents, and might
have given another answer: others are hidden until that is so. What is cheapest to hide for a group
is a linear program: the counts nearest to the true ones that protect it, and what they change.
Castro, J. (2012), Recent advances in optimization techniques for statistical tabular data
protection, European Journal of Operational Research 216(2).

What belongs here: the decision for one subject of a wave. What does not: what adds up to what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack, kron, lil_array, vstack

from orchestration.disclosure.adding_up import NO_VALUE, TOTAL, Counts, Group, Parts

TOO_FEW = "too few"
ONE_ANSWER = "one answer"
FOR_OTHERS = "for others"

# What is hidden already costs next to nothing; free, a program would have many ends.
HIDDEN_COST = 1e-6
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Rules:
    """The rules in force. The tests switch each off in turn, and find the leak that it closes."""

    minimum: int
    one_answer: bool = True
    remainder: bool = True


def hidden_groups(
    parts: Parts,
    rules: Rules,
    already: Collection[Group] = (),
    one_answer: Collection[Group] = (),
    sizes: Mapping[Group, int] | None = None,
) -> dict[Group, str]:
    """The parts to hide, with the reason of each; those without a value are among them.

    `already` are hidden in any case; in `one_answer` all are alike, where counts by answer cannot
    say so. For others, small groups are hidden first, by `sizes` or else by their counts. The same
    parts give the same, whatever their order.
    """
    hidden = {group: FOR_OTHERS for group in already if group in parts.counts}
    protected: dict[Group, str] = {}
    for group, counts in sorted(parts.counts.items()):
        if counts.sum() < rules.minimum:
            protected[group] = TOO_FEW
        elif rules.one_answer and (group in one_answer or has_one_answer(counts)):
            protected[group] = ONE_ANSWER
        elif is_without_value(group):
            hidden[group] = FOR_OTHERS
    hidden |= protected
    if rules.remainder and TOTAL not in hidden:
        for component in _components(parts):
            _hide_for_others(component, hidden, protected, rules, sizes or {})
    return hidden


def is_without_value(group: Group) -> bool:
    """Whether a part is of respondents without a value, which no break-down publishes."""
    return NO_VALUE in group[1].split("|")


def has_one_answer(counts: Counts) -> bool:
    """Whether all gave the same answer, of the several that there are."""
    return len(counts) > 1 and np.count_nonzero(counts) == 1


def _components(parts: Parts) -> Iterator[Parts]:
    """The parts by what adds up together. The total, which is known, ties nothing."""
    components: list[set[Group]] = []
    for whole, members in parts.sums:
        linked = {*members} | ({whole} - {TOTAL})
        components, met = (
            [component for component in components if not component & linked],
            [component for component in components if component & linked],
        )
        components.append(linked.union(*met))
    for component in sorted(components, key=min):
        yield Parts(
            {group: parts.counts[group] for group in sorted(component)},
            parts.weights,
            [item for item in parts.sums if component.issuperset(item[1])],
        )


def _hide_for_others(
    parts: Parts,
    hidden: dict[Group, str],
    protected: Mapping[Group, str],
    rules: Rules,
    sizes: Mapping[Group, int],
) -> None:
    needy = [group for group in parts.counts if group in protected and parts.counts[group].any()]
    if not needy:
        return
    programs = Programs(parts)
    for group in sorted(needy, key=lambda group: (parts.counts[group].sum(), group)):
        for changed in programs.changed(group, protected[group], hidden, rules, sizes):
            hidden.setdefault(changed, FOR_OTHERS)


class Programs:
    """The linear programs of parts that add up together.

    Variables are what each part has more, and what it has less, of each answer; of a part whose
    respondents have several weights, once at the lowest and once at the highest. Every sum must hold
    for every answer, weighted and not.
    """

    def __init__(self, parts: Parts) -> None:
        self.groups = list(parts.counts)
        self.counts = np.array([parts.counts[group] for group in self.groups])
        ends = [_ends(parts, group) for group in self.groups]
        # The part, and the weight, of each column; a column has a variable for every answer.
        self.part = np.repeat(np.arange(len(self.groups)), [len(weights) for weights in ends])
        weight = np.array([end for weights in ends for end in weights])
        one_each = csr_array((np.ones(len(weight)), (np.arange(len(weight)), self.part)))
        signs = _signs(parts.sums, self.groups) @ one_each.T
        weighted = signs[
            [number for number, sum_ in enumerate(parts.sums) if _is_weighed(parts, sum_[1])]
        ]
        answers = self.counts.shape[1]
        changes = csr_array(kron(vstack([signs, weighted * weight]), np.eye(answers)))
        # The stubs of scipy know dense programs only.
        self.sums: Any = hstack([changes, -changes], format="csr")
        share = self.counts / np.bincount(self.part)[:, None]
        self.most = np.concatenate(
            [np.full(len(weight) * answers, np.inf), share[self.part].ravel()]
        )

    def changed(
        self,
        group: Group,
        reason: str,
        hidden: Collection[Group],
        rules: Rules,
        sizes: Mapping[Group, int],
    ) -> list[Group]:
        """The parts that change in the nearest counts that protect the group."""
        place = self.groups.index(group)
        answers = self.counts.shape[1]
        own = self.counts[place]
        needs = [(np.ones(answers), float(rules.minimum - own.sum()) if reason == TOO_FEW else 1.0)]
        if rules.one_answer and has_one_answer(own):
            others = np.ones(answers)
            others[own.argmax()] = 0
            needs = [needs[0], (others, 1.0)] if reason == TOO_FEW else [(others, 1.0)]
        more = np.array([np.outer(self.part == place, counted).ravel() for counted, _ in needs])
        size = np.array(
            [sizes.get(name, own.sum()) for name, own in zip(self.groups, self.counts, strict=True)]
        )
        cost = 1 + size / (1 + size.max())
        cost[[number for number, name in enumerate(self.groups) if name in hidden]] = HIDDEN_COST
        found = linprog(
            np.tile(np.repeat(cost[self.part], answers), 2),
            A_ub=np.hstack([-more, more]),
            b_ub=[-need for _, need in needs],
            A_eq=self.sums,
            b_eq=[0.0] * self.sums.shape[0],
            bounds=[(0.0, float(most)) for most in self.most],
            method="highs",
        )
        if found.x is None:
            # Not even with everything hidden, as where one group is all but some: then everything is.
            return self.groups
        change = found.x.reshape(2, len(self.part), answers).max(axis=(0, 2))
        return [self.groups[number] for number in np.unique(self.part[change > TOLERANCE])]


def _ends(parts: Parts, group: Group) -> list[float]:
    """The lowest and the highest weight in a part; of one without a value they may be any."""
    if not parts.weights:
        return [1.0]
    lowest, highest = parts.weights.get(
        group,
        (
            min(low for low, _ in parts.weights.values()),
            max(high for _, high in parts.weights.values()),
        ),
    )
    return [lowest] if highest - lowest <= TOLERANCE * highest else [lowest, highest]


def _is_weighed(parts: Parts, members: Sequence[Group]) -> bool:
    """Whether weighted figures say more of a sum than unweighted ones: where weights differ and are known."""
    known = {end for member in members if member in parts.weights for end in parts.weights[member]}
    named = [member for member in members if not is_without_value(member)]
    return len(known) > 1 and all(member in parts.weights for member in named)


def _signs(sums: Sequence[tuple[Group, tuple[Group, ...]]], groups: Sequence[Group]) -> Any:
    """A row for each sum: its parts, less its whole where that may change."""
    place = {group: number for number, group in enumerate(groups)}
    signs = lil_array((len(sums), len(groups)))
    for row, (whole, members) in enumerate(sums):
        for member in members:
            signs[row, place[member]] = 1
        if whole in place:
            signs[row, place[whole]] = -1
    return signs.tocsr()
