"""What respondents answer: a latent model, cut into the answers of each item's scale.

What belongs here: factors, shifts and the cut. What does not: who the respondents are.

A respondent's reply to an item is `location + spread × (shifts + loadings × factors + own part)`,
rounded to the nearest answer of the scale and held within it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from orchestration.simulation.parameters import (
    WAVE,
    Effect,
    ItemParameters,
    Parameters,
    SimulationError,
)
from orchestration.simulation.respondents import Groups, Streams

Floats = npt.NDArray[np.float32]
Answers = npt.NDArray[np.int8]


@dataclass(frozen=True)
class Scale:
    """The lowest and highest answer, and the value of each other meaning that the scale knows."""

    lowest: int
    highest: int
    no_answer: Mapping[str, int]

    @property
    def midpoint(self) -> float:
        """The middle of the scale."""
        return (self.lowest + self.highest) / 2


@dataclass(frozen=True)
class Item:
    """An item of the wave, its theme and its scale."""

    item_id: str
    theme_id: str
    scale: Scale


def draw_answers(
    parameters: Parameters,
    items: Sequence[Item],
    wave_id: str,
    groups: Mapping[str, Groups],
    streams: Streams,
) -> Iterator[tuple[str, Answers]]:
    """The answers to each item in turn: harmonised values, below 0 where nothing was answered."""
    respondents = len(next(iter(groups.values())).index)
    factors = _draw_factors(parameters, respondents, streams)

    def shift(effects: Sequence[Effect]) -> Floats:
        return _shift(effects, wave_id, groups, respondents)

    by_theme = {
        theme_id: shift([effect for effect in parameters.effects if effect.theme_id == theme_id])
        for theme_id in {item.theme_id for item in items}
    }
    for item in items:
        of_item = shift([effect for effect in parameters.effects if effect.item_id == item.item_id])
        generator = streams(item.item_id)
        drawn = parameters.items[item.item_id]
        answers = _answer(drawn, item.scale, by_theme[item.theme_id] + of_item, factors, generator)
        yield item.item_id, _leave_out(drawn, item.scale, answers, generator)


def _draw_factors(
    parameters: Parameters, respondents: int, streams: Streams
) -> Mapping[str, Floats]:
    """Standard normal scores of every respondent on every factor, correlated as asked."""
    names = sorted({name for item in parameters.items.values() for name in item.loadings})
    matrix = np.eye(len(names))
    for (one, other), correlation in parameters.correlations.items():
        a, b = names.index(one), names.index(other)
        matrix[a, b] = matrix[b, a] = correlation
    try:
        mixing = np.linalg.cholesky(matrix).astype(np.float32)
    except np.linalg.LinAlgError as error:
        raise SimulationError(
            "correlations.csv: no scores can be correlated like this all together; lower some."
        ) from error
    own = [streams(f"factor {name}").standard_normal(respondents, np.float32) for name in names]
    # Summed one by one: a matrix product rounds differently from one machine to the next.
    factors = {}
    for row, name in enumerate(names):
        factors[name] = mixing[row, row] * own[row]
        for column in np.flatnonzero(mixing[row, :row]):
            factors[name] += mixing[row, column] * own[column]
    return factors


def _shift(
    effects: Sequence[Effect], wave_id: str, groups: Mapping[str, Groups], respondents: int
) -> Floats:
    """The sum of the effects of each respondent's groups, and of the wave."""
    shift = np.zeros(respondents, dtype=np.float32)
    # In the order of the file, for sums that are equal to the bit.
    for attribute in dict.fromkeys(effect.attribute_id for effect in effects):
        of_group = {e.group_code: e.shift for e in effects if e.attribute_id == attribute}
        if attribute == WAVE:
            shift += np.float32(of_group.get(wave_id, 0.0))
        else:
            codes, index = groups[attribute].codes, groups[attribute].index
            shift += np.array([of_group.get(code, 0.0) for code in codes], dtype=np.float32)[index]
    return shift


def _answer(
    item: ItemParameters,
    scale: Scale,
    shift: Floats,
    factors: Mapping[str, Floats],
    generator: np.random.Generator,
) -> Answers:
    shared = sum(loading**2 for loading in item.loadings.values())
    latent = shift + np.float32((1 - shared) ** 0.5) * generator.standard_normal(
        len(shift), dtype=np.float32
    )
    for factor, loading in item.loadings.items():
        latent += np.float32(loading) * factors[factor]
    latent *= np.float32(item.spread)
    latent += np.float32(item.location)
    return np.clip(np.rint(latent), scale.lowest, scale.highest).astype(np.int8)


def _leave_out(
    item: ItemParameters, scale: Scale, answers: Answers, generator: np.random.Generator
) -> Answers:
    """The answers with some of them replaced by not answered, don't know and their like."""
    rates = {meaning: rate for meaning, rate in item.no_answer.items() if rate}
    values = [scale.no_answer[meaning] for meaning in rates]
    chance = generator.random(len(answers), dtype=np.float32)
    kind = np.searchsorted(np.cumsum(list(rates.values())), chance, side="right")
    return np.where(
        kind < len(values), np.array([*values, 0], dtype=np.int8)[kind], answers
    ).astype(np.int8)
