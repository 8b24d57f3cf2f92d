"""Attacks on small surveys: what the attacker finds with every rule on, and with each off in turn.

What belongs here: hiding as the warehouse does, with a rule left out, and attacking the outcome. What
does not: the attack itself (`attacker`), and the surveys (`small_surveys`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from orchestration.disclosure.adding_up import TOTAL, Group, Parts, parts_of
from orchestration.disclosure.hiding import Rules, has_one_answer, hidden_groups
from orchestration.disclosure.waves import reason_to_hide_rest
from tests.attacker import NO_VALUE, Pinned, Told, attack, constraints
from tests.small_surveys import BREAKDOWNS, LAYOUT, NESTINGS, SmallSurvey, small_survey

MINIMUM = 10
RULES = (
    "minimum",
    "one answer",
    "remainder",
    "crossings",
    "hierarchy",
    "without a value",
    "rest",
    "weights",
)


@dataclass(frozen=True)
class Outcome:
    """What came of attacks: `pinned` of the groups that were hidden to be protected."""

    surveys: int
    constraints: int
    hidden: int
    attacked: int
    pinned: int


def try_surveys(seeds: Iterable[int], *, weighted: bool, off: str | None = None) -> Outcome:
    """Attack the surveys of these seeds, hidden with a rule off, if any."""
    surveys = rows = hidden = attacked = pinned = 0
    for seed in seeds:
        survey = small_survey(seed, weighted=weighted)
        shown_not = hidden_with(survey, off)
        told = told_of(survey, shown_not, off)
        secret = secrets(survey)
        surveys += 1
        rows += constraints(LAYOUT, told)
        hidden += sum(group in survey.counts for group in shown_not)
        attacked += len(secret)
        pinned += len(attack_survey(survey, shown_not, off))
    return Outcome(surveys, rows, hidden, attacked, pinned)


def attack_survey(
    survey: SmallSurvey, hidden: Iterable[Group], off: str | None = None
) -> list[Pinned]:
    """What is told outright of the groups that need protection, and what can be worked out of the rest."""
    hidden = set(hidden)
    secret = secrets(survey)
    shown = [
        Pinned(group, "shown") for group in secret if group in survey.counts and group not in hidden
    ]
    rest = {
        group: counts for group, counts in secret.items() if Pinned(group, "shown") not in shown
    }
    return shown + attack(LAYOUT, told_of(survey, hidden, off), rest)


def hidden_with(survey: SmallSurvey, off: str | None = None) -> set[Group]:
    """The groups that are hidden, with a rule off."""
    nestings = () if off == "hierarchy" else NESTINGS
    weights = {} if off == "weights" else survey.weights
    parts = parts_of(survey.counts, BREAKDOWNS, nestings, weights)
    if off == "crossings":
        crossed = {breakdown.name for breakdown in BREAKDOWNS if len(breakdown.attributes) == 2}
        parts = Parts(
            parts.counts,
            parts.weights,
            [item for item in parts.sums if not {name for name, _ in item[1]} & crossed],
        )
    if off == "without a value":
        parts = Parts(
            {group: counts for group, counts in parts.counts.items() if not _is_without(group)},
            parts.weights,
            [
                (whole, tuple(part for part in members if not _is_without(part)))
                for whole, members in parts.sums
            ],
        )
    rules = Rules(
        1 if off == "minimum" else MINIMUM,
        one_answer=off != "one answer",
        remainder=off != "remainder",
    )
    return {group for group in hidden_groups(parts, rules) if not _is_without(group)}


def secrets(survey: SmallSurvey) -> dict[Group, list[int]]:
    """The true counts of the groups that need protection: small ones, and those of one answer."""
    every = {**survey.counts, **survey.without_value}
    return {
        group: counts.tolist()
        for group, counts in every.items()
        if group != TOTAL and (counts.sum() < MINIMUM or has_one_answer(counts))
    }


def told_of(survey: SmallSurvey, hidden: Iterable[Group], off: str | None = None) -> Told:
    """What is published of a survey with these groups hidden, with a rule off."""
    shown = set(survey.counts) - set(hidden)
    known = {group for name in LAYOUT.breakdowns for group in LAYOUT.groups(name)}
    return Told(
        {group: survey.counts[group].tolist() for group in shown},
        {group: survey.weighted[group].tolist() for group in shown} if survey.weights else {},
        survey.weights,
        {
            breakdown.name: everyone_in(survey, breakdown.name)
            for breakdown in BREAKDOWNS[1:]
            if off == "rest"
            or reason_to_hide_rest(survey.counts, breakdown.name, Rules(MINIMUM)) is None
        },
        frozenset(known - set(survey.counts) - set(survey.without_value)),
    )


def everyone_in(survey: SmallSurvey, breakdown: str) -> list[int]:
    """The counts of all groups of a break-down together, as a group and its rest tell them."""
    inside = [counts for group, counts in survey.counts.items() if group[0] == breakdown]
    everyone: list[int] = sum(inside, start=np.zeros_like(survey.counts[TOTAL])).tolist()
    return everyone


def _is_without(group: Group) -> bool:
    return NO_VALUE in group[1].split("|")
