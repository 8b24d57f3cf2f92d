"""Drawing how many people fall in which cell, where there are so many times the people.

What belongs here: arrays in, arrays out. What does not: tables and their columns (`drawn.py`).
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]

# How much of a place's people spread as those of all places do. Of none, no cell could come up that nobody was counted
# in; half gives about as many cells as were counted where so many people were simulated.
BORROWED = 0.5


def draw(counts: Numbers, factor: int, chance: np.random.Generator) -> Numbers:
    """Counts of people by place (the first axis) and what they fall in (all other axes), drawn.

    A place has its people times the factor. They spread partly as they do there, and partly as in all places
    together, as if the axes had nothing to do with each other.
    """
    axes = range(1, counts.ndim)
    shares = [counts.sum(axis=tuple({0, *axes} - {axis})) / counts.sum() for axis in axes]
    whole: NDArray[np.float64] = reduce(np.multiply.outer, shares).ravel()
    flat = counts.reshape(len(counts), -1)
    people = flat.sum(axis=1, keepdims=True)
    spread = (1 - BORROWED) * flat / people + BORROWED * whole
    spread /= spread.sum(axis=1, keepdims=True)
    return chance.multinomial(people[:, 0] * factor, spread).reshape(counts.shape)


def draw_sums(
    people: Numbers, mean: float, deviation: float, chance: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sums of a value and of its square over the people of each cell, drawn as if the value were normal."""
    means = mean + deviation / np.sqrt(people) * chance.standard_normal(len(people))
    return people * means, people * means**2 + (people - 1) * deviation**2
