"""A synthetic wave: its respondents' groups and answers in harmonised values.

What belongs here: putting the draws together for one wave of a codebook. What does not: columns and
codes of a delivery (`delivery.py`), files (`writing.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchestration.codebook import Codebook
from orchestration.simulation.answers import Item, Scale, draw_answers
from orchestration.simulation.checks import check_parameters
from orchestration.simulation.options import Effects
from orchestration.simulation.parameters import Parameters, SimulationError
from orchestration.simulation.respondents import Groups, draw_groups, withhold

Progress = Callable[[float], object]


@dataclass(frozen=True)
class SimulatedWave:
    """A wave in harmonised values: `groups` by attribute, `answers` by item, one row a respondent.

    Answers below 0 are no answers, as `scales.csv` says; a group's index is -1 where it is blank.
    """

    wave_id: str
    respondents: int
    groups: Mapping[str, Groups]
    answers: Mapping[str, npt.NDArray[np.int8]]


def simulate(
    codebook: Codebook,
    parameters: Parameters,
    wave_id: str,
    respondents: int,
    seed: int,
    effects: Effects = Effects.STUDY,
    progress: Progress | None = None,
) -> SimulatedWave:
    """A wave drawn from the parameters: the same for the same arguments, about 110 bytes a head.

    `progress` is told the share of the items that are done. Raises SimulationError for an unknown
    wave, no respondents, a seed below 0, and parameters that do not fit the codebook.
    """
    if seed < 0:
        raise SimulationError(f"A seed is a whole number from 0, not {seed}.")
    if wave_id not in codebook.waves:
        raise SimulationError(
            f"There is no wave {wave_id!r}: it is one of {', '.join(codebook.waves)}."
        )
    if respondents < 1:
        raise SimulationError(f"A wave of {respondents} respondents is none: ask for at least 1.")
    check_parameters(parameters, codebook)
    items = _items(codebook, wave_id)
    if effects is Effects.NONE:
        parameters = parameters.without_effects({i.item_id: i.scale.midpoint for i in items})

    def streams(name: str) -> np.random.Generator:
        return np.random.default_rng([seed, *f"{wave_id} {name}".encode()])

    groups = draw_groups(
        parameters, _headcounts(codebook, wave_id), _group_codes(codebook), respondents, streams
    )
    answers = {}
    for item_id, values in draw_answers(parameters, items, wave_id, groups, streams):
        answers[item_id] = values
        if progress:
            progress(len(answers) / len(items))
    return SimulatedWave(
        wave_id, respondents, withhold(groups, parameters.not_given, streams), answers
    )


def _headcounts(codebook: Codebook, wave_id: str) -> dict[str, int]:
    """People per stratum of the wave, in the order of the file."""
    headcounts: defaultdict[str, int] = defaultdict(int)
    for row in codebook.table("population"):
        if row["wave_id"] == wave_id:
            headcounts[row["stratum"]] += int(row["headcount"])
    if not headcounts:
        raise SimulationError(
            f"population.csv has no stratum of wave {wave_id!r}: the sample is drawn from it."
        )
    return dict(headcounts)


def _group_codes(codebook: Codebook) -> dict[str, tuple[str, ...]]:
    """The groups of every attribute, in their order."""
    rows = sorted(codebook.table("groups"), key=lambda row: int(row["position"]))
    codes: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
    for row in rows:
        codes[row["attribute_id"]] += (row["group_code"],)
    return dict(codes)


def _items(codebook: Codebook, wave_id: str) -> list[Item]:
    """The items that the wave asks, each with its theme and its scale."""
    meanings: defaultdict[str, defaultdict[str, list[int]]]
    meanings = defaultdict(lambda: defaultdict(list))
    for row in codebook.table("scales"):
        meanings[row["scale_id"]][row["meaning"]].append(int(row["answer"]))
    scales = {
        scale_id: Scale(
            lowest=min(values["answer"]),
            highest=max(values["answer"]),
            no_answer={meaning: value[0] for meaning, value in values.items() if value[0] < 0},
        )
        for scale_id, values in meanings.items()
    }
    themes = {row["item_id"]: row["theme_id"] for row in codebook.table("items")}
    scale_of = {row["code_list"]: row["scale_id"] for row in codebook.table("answer_codes")}
    return [
        Item(row["item_id"], themes[row["item_id"]], scales[scale_of[row["code_list"]]])
        for row in codebook.table("item_versions")
        if row["wave_id"] == wave_id
    ]
