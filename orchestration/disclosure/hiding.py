"""What is hidden: small groups, those that gave one answer, and what would give either away.

A group under the minimum is hidden, and one in which all gave the same answer. Then each of these,
for all that a reader can add and subtract, might as well have the minimum of respondents, and nobody
in it need have given an answer: others are hidden until that is so. What is cheapest to hide for a group
is a linear program: the counts nearest to the true ones that protect it, and what they change.
Castro, J. (2012), Recent advances in optimization techniques for statistical tabular data
protection, European Journal of Operational Research 216(2).

What belongs here: the decision for one subject of a wave, and what a hidden group needs. What does
not: what adds up to what, and the programs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from orchestration.disclosure.adding_up import TOTAL, Counts, Group, Parts, is_without_value
from orchestration.disclosure.programs import Need, Programs

TOO_FEW = "too few"
ONE_ANSWER = "one answer"
FOR_OTHERS = "for others"


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
        for component in components_of(parts):
            _hide_for_others(component, hidden, protected, rules, sizes or {})
    return hidden


def has_one_answer(counts: Counts) -> bool:
    """Whether all gave the same answer, of the several that there are."""
    return len(counts) > 1 and np.count_nonzero(counts) == 1


def components_of(parts: Parts) -> Iterator[Parts]:
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
        for needs in needs_of(group, parts.counts[group], protected[group], rules):
            for changed in programs.changed(needs, hidden, sizes):
                hidden.setdefault(changed, FOR_OTHERS)


def needs_of(group: Group, counts: Counts, reason: str, rules: Rules) -> Iterator[list[Need]]:
    """What must be possible of a hidden group, each list at once."""
    every = np.ones(len(counts))
    up = [Need(group, every, float(rules.minimum - counts.sum()) if reason == TOO_FEW else 1.0)]
    if rules.one_answer and has_one_answer(counts):
        others = every.copy()
        others[counts.argmax()] = 0
        up = [*(up if reason == TOO_FEW else []), Need(group, others, 1.0)]
    yield up
    if reason == TOO_FEW and len(counts) > 1:
        # That nobody gave an answer that somebody gave; together, each by its share of one.
        given = np.flatnonzero(counts)
        yield [
            Need(group, np.eye(len(counts))[answer], 1 / len(given), sign=-1) for answer in given
        ]
