"""The fewest groups that can be hidden: an integer program, against which the warehouse's choice is held.

It asks for just what `hiding` asks for, all at once, and may take its time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack, kron, vstack

from orchestration.disclosure.adding_up import Group, Parts, is_without_value
from orchestration.disclosure.hiding import (
    ONE_ANSWER,
    TOO_FEW,
    Rules,
    components_of,
    has_one_answer,
    needs_of,
)
from orchestration.disclosure.programs import Need, Programs


def fewest_hidden(parts: Parts, rules: Rules, already: Collection[Group] = ()) -> int:
    """How many groups must be hidden at least, those of `already` among them."""
    protected = {
        group: TOO_FEW if counts.sum() < rules.minimum else ONE_ANSWER
        for group, counts in parts.counts.items()
        if counts.sum() < rules.minimum or has_one_answer(counts)
    }
    found = sum(_of_component(part, protected, rules, already) for part in components_of(parts))
    return round(found)


def _of_component(
    parts: Parts, protected: Mapping[Group, str], rules: Rules, already: Collection[Group]
) -> float:
    program = Programs(parts)
    lists = [
        needs
        for group in program.groups
        if group in protected and parts.counts[group].any()
        for needs in needs_of(group, parts.counts[group], protected[group], rules)
    ]
    groups = len(program.groups)
    forced = np.array(
        [
            group in protected or group in already or is_without_value(group)
            for group in program.groups
        ],
        dtype=float,
    )
    counted = np.array([not is_without_value(group) for group in program.groups], dtype=float)
    if not lists:
        return float(forced @ counted)
    answers = program.counts.shape[1]
    width = len(program.part) * answers
    by_answer: Any = csr_array(kron(program.sums, np.eye(answers)))
    equal = hstack([by_answer, -by_answer])
    blocks = len(lists)
    of_part = csr_array(
        (np.ones(width), (np.arange(width), np.repeat(program.part, answers))),
        shape=(width, groups),
    )
    most = np.concatenate([np.full(width, float(program.counts.sum())), program.share.ravel()])
    links = vstack([of_part, of_part]).multiply(-most[:, None])
    constraints = [
        LinearConstraint(
            hstack([csr_array((equal.shape[0] * blocks, groups)), kron(eye_array(blocks), equal)]),
            0,
            0,
        ),
        LinearConstraint(
            hstack([vstack([links] * blocks), eye_array(2 * width * blocks)]), -np.inf, 0
        ),
        *(
            LinearConstraint(
                _row(program, need, number, groups, width, blocks), need.amount, np.inf
            )
            for number, needs in enumerate(lists)
            for need in needs
        ),
    ]
    found = milp(
        np.concatenate([counted, np.zeros(2 * width * blocks)]),
        integrality=np.concatenate([np.ones(groups), np.zeros(2 * width * blocks)]),
        bounds=Bounds(
            np.concatenate([forced, np.zeros(2 * width * blocks)]),
            np.concatenate([np.ones(groups), np.full(2 * width * blocks, np.inf)]),
        ),
        constraints=constraints,
    )
    return groups if found.x is None else float(found.fun)


def _row(program: Programs, need: Need, number: int, groups: int, width: int, blocks: int) -> Any:
    place = program.groups.index(need.group)
    own = np.outer(program.part == place, need.answers).ravel() * need.sign
    row = np.zeros(groups + 2 * width * blocks)
    start = groups + 2 * width * number
    row[start : start + 2 * width] = np.concatenate([own, -own])
    return row
