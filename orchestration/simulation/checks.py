"""Whether parameters fit a codebook: every problem at once, before anything is drawn.

What belongs here: comparing the two. What does not: the shape of a single file (`parameters.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

from orchestration.codebook import Codebook
from orchestration.simulation.parameters import WAVE, Parameters, SimulationError

STRATUM = "stratum"


def check_parameters(parameters: Parameters, codebook: Codebook) -> None:
    """Raises SimulationError that lists what the codebook does not know and what cannot be."""
    problems = [
        *_group_problems(parameters, codebook),
        *_item_problems(parameters, codebook),
        *_number_problems(parameters),
    ]
    if problems:
        raise SimulationError(
            f"The simulation parameters do not fit {codebook.folder}; mend these rows:\n"
            + "\n".join(f"- {problem}" for problem in problems)
        )


def _group_problems(parameters: Parameters, codebook: Codebook) -> Iterator[str]:
    groups = {(row["attribute_id"], row["group_code"]) for row in codebook.table("groups")}
    groups |= {(STRATUM, row["stratum"]) for row in codebook.table("population")}
    groups |= {(WAVE, wave_id) for wave_id in codebook.waves}
    drawn = {STRATUM, WAVE}
    for attribute, conditions in parameters.shares.items():
        for shares in conditions:
            named = {*shares.given.items(), *((attribute, group) for group in shares.groups)}
            for name, code in sorted(named - groups):
                yield f"shares.csv, {attribute}: no group {code!r} of {name!r}"
            for name in sorted(shares.given.keys() - drawn):
                yield f"shares.csv, {attribute}: {name!r} must come before it in background.csv"
        drawn.add(attribute)
    for effect in parameters.effects:
        if (effect.attribute_id, effect.group_code) not in groups:
            yield f"effects.csv: no group {effect.group_code!r} of {effect.attribute_id!r}"
        elif effect.attribute_id not in drawn:
            yield f"effects.csv: {effect.attribute_id!r} is not in background.csv"


def _item_problems(parameters: Parameters, codebook: Codebook) -> Iterator[str]:
    themes = {row["theme_id"] for row in codebook.table("themes")}
    items = {row["item_id"] for row in codebook.table("items")}
    meanings = {(row["scale_id"], row["meaning"]) for row in codebook.table("scales")}
    scales = {row["code_list"]: row["scale_id"] for row in codebook.table("answer_codes")}
    for effect in parameters.effects:
        if (effect.theme_id in themes) == (effect.item_id in items):
            yield f"effects.csv: {effect.theme_id + effect.item_id!r} is neither a theme nor an item"
    for item_id in sorted(parameters.items.keys() - items):
        yield f"items.csv: no item {item_id!r}"
    for row in codebook.table("item_versions"):
        item = parameters.items.get(row["item_id"])
        if item is None:
            yield f"items.csv: nothing about {row['item_id']!r}, which wave {row['wave_id']} asks"
            continue
        for meaning, rate in item.no_answer.items():
            if rate and (scales[row["code_list"]], meaning) not in meanings:
                yield f"items.csv: the scale of {row['item_id']!r} has no {meaning!r}"


def _number_problems(parameters: Parameters) -> Iterator[str]:
    for attribute, conditions in parameters.shares.items():
        for shares in conditions:
            total = sum(shares.groups.values())
            if not isclose(total, 1, abs_tol=1e-6):
                yield f"shares.csv, {attribute} given {dict(shares.given)}: adds to {total:.4f}"
    factors = {factor for item in parameters.items.values() for factor in item.loadings}
    for factor in sorted({name for pair in parameters.correlations for name in pair} - factors):
        yield f"correlations.csv: no item loads on {factor!r}"
    for item_id, item in parameters.items.items():
        if sum(loading**2 for loading in item.loadings.values()) >= 1:
            yield f"loadings.csv, {item_id}: squares add to 1 or more"
        if sum(item.no_answer.values()) >= 1:
            yield f"items.csv, {item_id}: nobody is left to answer"
        if item.spread <= 0:
            yield f"items.csv, {item_id}: spread {item.spread} is not above 0"
