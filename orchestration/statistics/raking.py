"""Raking: weights of which the sums over each margin are what the population says.

What belongs here: solving for the weights of a wave on its cells, the crossing of the margins. What
does not: which margins and cells there are, and what is reported of them, which the models say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

# The largest relative error of a margin that counts as met.
TOLERANCE = 1e-10
# Far more than margins take that can be met at all.
MOST_PASSES = 1000
MOST_CYCLES = 200


@dataclass(frozen=True)
class Margin:
    """What is to be met of one attribute: the group that each cell has, and the sum of each group."""

    groups: Sequence[str]
    targets: Mapping[str, float]


@dataclass(frozen=True)
class Raking:
    """Weights per respondent of each cell, and how they came about.

    `is_trimmed` tells the cells that a bound holds back. `converged` says whether every margin is met;
    where it is not, `largest_margin_error` says how far off the worst is, relative to its target.
    """

    weights: Doubles
    is_trimmed: npt.NDArray[np.bool_]
    cycles: int
    largest_margin_error: float
    converged: bool


def rake(
    respondents: Sequence[float],
    margins: Sequence[Margin],
    smallest_ratio: float = 0.0,
    largest_ratio: float = float("inf"),
) -> Raking:
    """Weights that meet every margin, between two multiples of the mean weight.

    Weights that pass a bound are cut off at it and the others raked again, until all holds or
    `MOST_CYCLES` are over: bounds and margins may exclude each other.
    """
    counts = np.asarray(respondents, dtype=float)
    mean = sum(margins[0].targets.values()) / counts.sum()
    lowest, highest = smallest_ratio * mean, largest_ratio * mean
    weights = np.full_like(counts, mean)
    cycles, error = 0, float("inf")
    while error > TOLERANCE and cycles < MOST_CYCLES:
        cycles += 1
        raked = _raked(counts * weights, margins) / counts
        weights = np.clip(raked, lowest, highest)
        error = _largest_error(counts * weights, margins)
        if (raked == weights).all():
            break
    return Raking(
        weights=weights,
        is_trimmed=(weights <= lowest * (1 + TOLERANCE)) | (weights >= highest * (1 - TOLERANCE)),
        cycles=cycles,
        largest_margin_error=error,
        converged=error <= TOLERANCE,
    )


def _raked(sums: Doubles, margins: Sequence[Margin]) -> Doubles:
    # Takes more than a second to import, and most surveys never rake.
    import polars
    import svy

    names = [f"margin_{position}" for position in range(len(margins))]
    cells = polars.DataFrame(
        {"cell": sums, **{name: margin.groups for name, margin in zip(names, margins, strict=True)}}
    )
    controls: dict[Any, Any] = {
        name: dict(margin.targets) for name, margin in zip(names, margins, strict=True)
    }
    sample = svy.Sample(cells, svy.Design(wgt="cell")).weighting.rake(
        controls=controls,
        wgt_name="raked",
        tol=TOLERANCE / 100,
        max_iter=MOST_PASSES,
        on_nonconvergence="ignore",
    )
    weights: Any = sample.data
    return np.asarray(weights["raked"], dtype=float)


def _largest_error(sums: Doubles, margins: Sequence[Margin]) -> float:
    errors = []
    for margin in margins:
        groups: Any = np.asarray(margin.groups)
        errors += [
            abs(sums[groups == group].sum() / target - 1)
            for group, target in margin.targets.items()
        ]
    return float(max(errors))
