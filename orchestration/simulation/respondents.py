"""Who answers: respondents per stratum, and the groups that each of them belongs to.

What belongs here: the allocation of the sample and the draws of background variables. What does
not: answers to items.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchestration.simulation.checks import STRATUM
from orchestration.simulation.parameters import Parameters, Shares, SimulationError

# Random numbers by the name of what they are for: a column's draws depend on no other column.
Streams = Callable[[str], np.random.Generator]

NOT_GIVEN = -1


@dataclass(frozen=True)
class Groups:
    """The group of each respondent: the place of its code in `codes`, or `NOT_GIVEN`."""

    codes: tuple[str, ...]
    index: npt.NDArray[np.int8]

    def are(self, code: str) -> npt.NDArray[np.bool_]:
        """Which respondents belong to the group; none of them where the wave does not have it."""
        if code not in self.codes:
            return np.zeros(len(self.index), dtype=np.bool_)
        return np.equal(self.index, self.codes.index(code))


def allocate(headcounts: Mapping[str, int], respondents: int, exponent: float) -> dict[str, int]:
    """Respondents per stratum, in proportion to headcount to the power `exponent`.

    Below 1 it oversamples small strata. No stratum gives more respondents than it has people; a
    wave larger than the whole population (to measure speed) exceeds it by as much in each.
    """
    people = np.array(list(headcounts.values()), dtype=float)
    limit = people * max(1.0, respondents / people.sum())
    share = limit.copy()
    is_open = np.ones(len(people), dtype=bool)
    while is_open.any():
        size = people[is_open] ** exponent
        share[is_open] = (respondents - limit[~is_open].sum()) * size / size.sum()
        over = is_open & (share > limit)
        if not over.any():
            break
        share[over] = limit[over]
        is_open &= ~over
    # Rounding the running total keeps the sum exact and every stratum within one of its share.
    counts = np.diff(np.floor(np.cumsum(share) + 0.5), prepend=0).astype(int)
    return dict(zip(headcounts, counts.tolist(), strict=True))


def draw_groups(
    parameters: Parameters,
    headcounts: Mapping[str, int],
    group_codes: Mapping[str, tuple[str, ...]],
    respondents: int,
    streams: Streams,
) -> dict[str, Groups]:
    """The stratum and every attribute of `parameters.shares`, for respondents in random order.

    `group_codes` has the groups of each attribute. Raises SimulationError where the parameters do
    not say how a respondent's group is drawn.
    """
    counts = allocate(headcounts, respondents, parameters.allocation_exponent)
    strata = np.repeat(np.arange(len(counts), dtype=np.int8), list(counts.values()))
    groups = {STRATUM: Groups(tuple(counts), streams(STRATUM).permutation(strata))}
    for attribute, conditions in parameters.shares.items():
        codes = group_codes[attribute]
        index = np.full(respondents, NOT_GIVEN, dtype=np.int8)
        chance = streams(attribute).random(respondents, dtype=np.float32)
        for shares in conditions:
            members = np.ones(respondents, dtype=bool)
            for given, code in shares.given.items():
                members &= groups[given].are(code)
            cumulative = np.cumsum([shares.groups.get(code, 0.0) for code in codes])
            index[members] = np.searchsorted(
                cumulative / cumulative[-1], chance[members], side="right"
            )
        groups[attribute] = Groups(codes, index)
        _check_all_drawn(attribute, conditions, groups)
    return groups


def withhold(
    groups: Mapping[str, Groups], not_given: Mapping[str, float], streams: Streams
) -> dict[str, Groups]:
    """The groups as respondents report them: some leave a background variable blank."""
    reported = dict(groups)
    for attribute, rate in not_given.items():
        codes, index = groups[attribute].codes, groups[attribute].index
        chance = streams(f"{attribute} not given").random(len(index), dtype=np.float32)
        reported[attribute] = Groups(codes, np.where(chance < rate, np.int8(NOT_GIVEN), index))
    return reported


def _check_all_drawn(
    attribute: str, conditions: Sequence[Shares], groups: Mapping[str, Groups]
) -> None:
    left = np.flatnonzero(groups[attribute].index == NOT_GIVEN)
    if left.size:
        given = {name for shares in conditions for name in shares.given}
        first = {name: groups[name].codes[groups[name].index[left[0]]] for name in sorted(given)}
        raise SimulationError(
            f"shares.csv does not say how {attribute} is drawn for {left.size} respondents, "
            f"such as those of {first}: add their rows."
        )
