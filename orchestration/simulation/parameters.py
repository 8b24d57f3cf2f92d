"""Parameters of the simulator, read from the reviewed CSV files of a survey's `simulation/` folder.

What belongs here: what the parameters are, and reading them. What does not: whether they fit the
codebook (`checks.py`), and drawing anything. Every number in these files is an assumption;
`docs/simulation.md` says what each column means.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration.errors import VakwerkError

# The meanings, besides an answer, that a reply to an item can have.
NO_ANSWER = ("not_answered", "dont_know", "not_applicable", "refused")
# An effect may be of the wave itself: a drift that all its respondents share.
WAVE = "wave"


class SimulationError(VakwerkError):
    """A wave cannot be simulated as asked; the message says why and what to do."""


@dataclass(frozen=True)
class ItemParameters:
    """How one item is answered.

    `location` and `spread` are in answer steps of the item's scale. `loadings` by factor: the rest
    of the variance is the item's own. `no_answer` has the rate of each meaning in `NO_ANSWER`.
    """

    location: float
    spread: float
    loadings: Mapping[str, float]
    no_answer: Mapping[str, float]


@dataclass(frozen=True)
class Shares:
    """The shares of an attribute's groups among the respondents of the groups in `given`."""

    given: Mapping[str, str]
    groups: Mapping[str, float]


@dataclass(frozen=True)
class Effect:
    """What belonging to a group adds to one item, or to all items of a theme, in spreads."""

    attribute_id: str
    group_code: str
    theme_id: str
    item_id: str
    shift: float


@dataclass(frozen=True)
class Parameters:
    """All parameters: `shares` by attribute in the order of drawing, correlations by two factors."""

    allocation_exponent: float
    spread_without_effects: float
    marker: str
    shares: Mapping[str, Sequence[Shares]]
    not_given: Mapping[str, float]
    items: Mapping[str, ItemParameters]
    correlations: Mapping[tuple[str, str], float]
    effects: Sequence[Effect]

    @classmethod
    def read(cls, folder: Path) -> Parameters:
        """The parameters in a folder. Raises SimulationError where a file is missing or damaged."""
        try:
            return cls._read(folder)
        except OSError as error:
            raise SimulationError(
                f"{error.filename} cannot be read ({error.strerror}): "
                "a survey without simulation parameters has no synthetic waves."
            ) from error
        except (KeyError, ValueError) as error:
            raise SimulationError(
                f"The parameters in {folder} are damaged: {error}. See docs/simulation.md."
            ) from error

    @classmethod
    def _read(cls, folder: Path) -> Parameters:
        settings = {row["setting"]: row["value"] for row in _rows(folder, "settings")}
        background = _rows(folder, "background")
        shares = _shares(folder)
        loadings: defaultdict[str, dict[str, float]] = defaultdict(dict)
        for row in _rows(folder, "loadings"):
            loadings[row["item_id"]][row["factor"]] = float(row["loading"])
        return cls(
            allocation_exponent=float(settings["allocation_exponent"]),
            spread_without_effects=float(settings["spread_without_effects"]),
            marker=settings["marker"],
            shares={row["attribute_id"]: shares[row["attribute_id"]] for row in background},
            not_given={row["attribute_id"]: float(row["not_given"]) for row in background},
            items={
                row["item_id"]: ItemParameters(
                    location=float(row["location"]),
                    spread=float(row["spread"]),
                    loadings=loadings[row["item_id"]],
                    no_answer={meaning: float(row[meaning]) for meaning in NO_ANSWER},
                )
                for row in _rows(folder, "items")
            },
            correlations={
                (row["factor_a"], row["factor_b"]): float(row["correlation"])
                for row in _rows(folder, "correlations")
            },
            effects=[
                Effect(
                    attribute_id=row["attribute_id"],
                    group_code=row["group_code"],
                    theme_id=row["theme_id"],
                    item_id=row["item_id"],
                    shift=float(row["shift"]),
                )
                for row in _rows(folder, "effects")
            ],
        )

    def without_effects(self, midpoints: Mapping[str, float]) -> Parameters:
        """The same with nothing to find: no group differs from another, all items lie around the
        midpoint of their scale, and factors are unrelated. `midpoints` by item."""
        return replace(
            self,
            items={
                item_id: replace(
                    item, location=midpoints[item_id], spread=self.spread_without_effects
                )
                for item_id, item in self.items.items()
                if item_id in midpoints
            },
            correlations={},
            effects=[],
        )


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _shares(folder: Path) -> dict[str, list[Shares]]:
    """The rows of `shares.csv` by attribute; every further column is an attribute they depend on."""
    groups: defaultdict[str, dict[tuple[tuple[str, str], ...], dict[str, float]]]
    groups = defaultdict(lambda: defaultdict(dict))
    for row in _rows(folder, "shares"):
        attribute, group, share = row.pop("attribute_id"), row.pop("group_code"), row.pop("share")
        given = tuple((name, code) for name, code in row.items() if code)
        groups[attribute][given][group] = float(share)
    return {
        attribute: [Shares(dict(given), codes) for given, codes in by_given.items()]
        for attribute, by_given in groups.items()
    }
