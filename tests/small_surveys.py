"""Small surveys made up by chance, as counts by group: what disclosure control is tried on, and attacked.

What belongs here: people, and the counts of one item of theirs. What does not: hiding, attacking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from orchestration.disclosure.adding_up import Breakdown, Counts, Group, Nesting
from tests.attacker import NO_VALUE, Layout

BREAKDOWNS = (
    Breakdown("total", ()),
    Breakdown("role", ("role",)),
    Breakdown("domain", ("domain",)),
    Breakdown("organisation", ("organisation",)),
    Breakdown("ministry", ("ministry",)),
    Breakdown("role_x_domain", ("role", "domain")),
    Breakdown("role_x_ministry", ("role", "ministry")),
    Breakdown("age_band", ("age_band",)),
)
MINISTRIES = {f"o{unit}": f"m{unit % 5}" for unit in range(7)}
NESTINGS = (Nesting("organisation", "ministry", MINISTRIES),)
CODES = {
    "role": ("LG", "MW"),
    "domain": ("policy", "execution", "inspection"),
    "organisation": tuple(MINISTRIES),
    "ministry": tuple(sorted(set(MINISTRIES.values()))),
    "age_band": ("young", "middle", "old"),
}
LAYOUT = Layout(
    {breakdown.name: breakdown.attributes for breakdown in BREAKDOWNS},
    CODES,
    {("organisation", "ministry"): MINISTRIES},
)
ANSWERS = 5


@dataclass(frozen=True)
class SmallSurvey:
    """Counts by answer of every group that has respondents, and of those without a value; and the weights."""

    counts: Mapping[Group, Counts]
    without_value: Mapping[Group, Counts]
    weights: Mapping[Group, tuple[float, float]]
    weighted: Mapping[Group, np.ndarray]


def small_survey(seed: int, *, weighted: bool) -> SmallSurvey:
    """Some forty to six hundred people with an answer; small units, and few who leave something blank.

    Weighted surveys are larger: in small ones, all share a weight.
    """
    chance = np.random.default_rng(seed)
    people = int(chance.integers(500, 4000) if weighted else chance.integers(40, 600))
    sizes = chance.dirichlet(np.full(len(MINISTRIES), 0.7))
    organisation = chance.choice(CODES["organisation"], people, p=sizes)
    values = {
        "organisation": organisation,
        "ministry": np.array([MINISTRIES[unit] for unit in organisation]),
        "role": chance.choice(CODES["role"], people, p=[0.15, 0.85]),
        "domain": chance.choice(CODES["domain"], people, p=[0.5, 0.4, 0.1]),
        "age_band": chance.choice([*CODES["age_band"], NO_VALUE], people, p=[0.3, 0.5, 0.18, 0.02]),
    }
    # Some items are answered nearly alike.
    answer = chance.choice(ANSWERS, people, p=chance.dirichlet(np.full(ANSWERS, 0.5)))
    # A weight for each unit and role; units with few of a role share one, and so do whole ministries.
    cells = [f"{unit}|{role}" for unit, role in zip(organisation, values["role"], strict=True)]
    weight_of = {cell: round(float(chance.uniform(2, 30)), 3) for cell in sorted(set(cells))}
    few = {cell.split("|")[0] for cell in weight_of if cells.count(cell) < 20}
    beside = {MINISTRIES[unit] for unit in few}
    sharing = {unit for unit in MINISTRIES if MINISTRIES[unit] in beside}
    weight_of |= {cell: 9.5 for cell in weight_of if cell.split("|")[0] in sharing}
    weight = np.array([weight_of[cell] if weighted else 1.0 for cell in cells])
    counts: dict[Group, Counts] = {}
    sums: dict[Group, np.ndarray] = {}
    ends: dict[Group, tuple[float, float]] = {}
    for breakdown in BREAKDOWNS:
        codes = [values[attribute] for attribute in breakdown.attributes]
        names = np.array(["|".join(pair) for pair in zip(*codes, strict=True)] or ["all"] * people)
        for name in np.unique(names):
            inside = names == name
            group = (breakdown.name, str(name))
            counts[group] = np.bincount(answer[inside], minlength=ANSWERS)
            sums[group] = np.bincount(answer[inside], weight[inside], minlength=ANSWERS)
            ends[group] = (float(weight[inside].min()), float(weight[inside].max()))
    without = {group: own for group, own in counts.items() if NO_VALUE in group[1].split("|")}
    return SmallSurvey(
        {group: own for group, own in counts.items() if group not in without},
        without,
        {group: own for group, own in ends.items() if group not in without} if weighted else {},
        sums,
    )
