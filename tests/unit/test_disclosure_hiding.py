"""What is hidden: small groups, groups of one answer, and what would give either away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from orchestration.disclosure.adding_up import TOTAL, Breakdown, Group, Nesting, parts_of
from orchestration.disclosure.hiding import FOR_OTHERS, ONE_ANSWER, TOO_FEW, Rules, hidden_groups

Counted = Sequence[int] | np.ndarray

DEPARTMENTS = (Breakdown("total", ()), Breakdown("department", ("department",)))
CROSSED = (
    Breakdown("total", ()),
    Breakdown("role", ("role",)),
    Breakdown("unit", ("unit",)),
    Breakdown("role_x_unit", ("role", "unit")),
)
TEN = Rules(10)


def _hidden(
    counts: Mapping[Group, Counted],
    breakdowns: Sequence[Breakdown] = DEPARTMENTS,
    nestings: Sequence[Nesting] = (),
    weights: Mapping[Group, tuple[float, float]] | None = None,
    rules: Rules = TEN,
) -> dict[Group, str]:
    arrays = {group: np.array(counted) for group, counted in counts.items()}
    return hidden_groups(parts_of(arrays, breakdowns, nestings, weights), rules)


def _departments(total: Sequence[int], **groups: Sequence[int]) -> dict[Group, Sequence[int]]:
    return {TOTAL: total} | {("department", name): counts for name, counts in groups.items()}


def _crossed(cells: Mapping[str, Counted]) -> dict[Group, np.ndarray]:
    """Counts of all groups, from those of roles by units."""
    counts: dict[Group, np.ndarray] = {}
    for code, counted in cells.items():
        role, unit = code.split("|")
        for group in (TOTAL, ("role", role), ("unit", unit), ("role_x_unit", code)):
            counts[group] = counts.get(group, np.zeros(len(counted), dtype=int)) + counted
    return counts


def test_a_group_is_shown_from_the_minimum_on() -> None:
    counts = _departments([20, 19], sales=[5, 5], technology=[5, 4], finance=[10, 10])
    assert _hidden(counts)["department", "technology"] == TOO_FEW
    assert ("department", "finance") not in _hidden(counts, rules=Rules(9))


def test_a_single_small_group_takes_the_next_smallest_with_it() -> None:
    counts = _departments([30, 34], sales=[2, 2], technology=[13, 17], finance=[15, 15])
    assert _hidden(counts) == {
        ("department", "sales"): TOO_FEW,
        ("department", "technology"): FOR_OTHERS,
    }


def test_small_groups_that_are_enough_together_hide_no_other() -> None:
    counts = _departments([22, 21], sales=[2, 2], technology=[5, 4], finance=[15, 15])
    assert set(_hidden(counts)) == {("department", "sales"), ("department", "technology")}


def test_small_groups_that_are_too_few_together_hide_another() -> None:
    counts = _departments([30, 27], sales=[2, 2], technology=[3, 2], finance=[10, 10], law=[15, 13])
    assert set(_hidden(counts)) == {
        ("department", name) for name in ("sales", "technology", "finance")
    }


def test_a_group_of_one_answer_is_hidden_and_takes_one_with_another_answer_with_it() -> None:
    counts = _departments([40, 42], sales=[0, 12], technology=[0, 15], finance=[40, 15])
    hidden = _hidden(counts)
    assert hidden["department", "sales"] == hidden["department", "technology"] == ONE_ANSWER
    assert hidden["department", "finance"] == FOR_OTHERS
    assert _hidden(counts, rules=Rules(10, one_answer=False)) == {}


def test_small_groups_that_all_gave_one_answer_hide_another() -> None:
    counts = _departments([20, 33], sales=[0, 4], technology=[0, 9], finance=[20, 20])
    assert ("department", "finance") in _hidden(counts)


def test_the_few_without_a_value_are_a_group_that_is_never_shown() -> None:
    counts = _departments([20, 24], technology=[9, 11], finance=[11, 10])
    assert _hidden(counts) == {
        ("department", "~"): TOO_FEW,
        ("department", "technology"): FOR_OTHERS,
    }


def test_crossed_groups_are_not_worked_out_from_both_sides() -> None:
    cells: dict[str, Counted] = {
        f"{role}|{unit}": [20, 20] for role in ("manager", "employee") for unit in ("a", "b", "c")
    }
    hidden = _hidden(_crossed(cells | {"manager|a": [2, 2]}), CROSSED)
    crossed = {code for breakdown, code in hidden if breakdown == "role_x_unit"}
    assert crossed >= {"manager|a", "employee|a"}
    assert len(crossed) == 4
    assert {breakdown for breakdown, _ in hidden} == {"role_x_unit"}


def test_a_unit_is_not_worked_out_from_the_ministry_that_holds_it() -> None:
    breakdowns = (
        Breakdown("total", ()),
        Breakdown("ministry", ("ministry",)),
        Breakdown("organisation", ("organisation",)),
    )
    nesting = Nesting(
        "organisation", "ministry", {"core": "m", "agency": "m", "other": "n", "last": "o"}
    )
    counts: dict[Group, Sequence[int]] = {
        TOTAL: [52, 52],
        ("ministry", "m"): [14, 14],
        ("ministry", "n"): [6, 6],
        ("ministry", "o"): [32, 32],
        ("organisation", "core"): [12, 12],
        ("organisation", "agency"): [2, 2],
        ("organisation", "other"): [6, 6],
        ("organisation", "last"): [32, 32],
    }
    assert set(_hidden(counts, breakdowns, [nesting])) == {
        ("organisation", "core"),
        ("organisation", "agency"),
    }
    # Not knowing what lies where, the next smallest of all would do.
    assert set(_hidden(counts, breakdowns)) == {
        ("organisation", "agency"),
        ("organisation", "other"),
    }


def test_groups_of_different_weights_do_not_hide_one_another() -> None:
    counts = _departments([40, 44], a=[2, 2], b=[8, 12], c=[14, 14], d=[16, 16])
    alike = {("department", name): (1.0, 1.0) for name in "ab"}
    weights = alike | {("department", "c"): (2.0, 2.0), ("department", "d"): (3.0, 3.0)}
    assert set(_hidden(counts, weights=weights)) == {("department", "a"), ("department", "b")}
    weights["department", "b"] = (5.0, 5.0)
    assert len(_hidden(counts, weights=weights)) == 3


def test_everything_is_hidden_of_too_few() -> None:
    counts = _departments([4, 5], sales=[2, 3], finance=[2, 2])
    assert set(_hidden(counts)) == set(counts)


def test_what_is_hidden_does_not_depend_on_the_order_of_groups() -> None:
    chance = np.random.default_rng(5)
    cells = {f"{role}|{unit}": chance.integers(0, 12, 3) for role in "ab" for unit in "cdefgh"}
    counts = _crossed(cells)
    backwards = dict(reversed(counts.items()))
    assert _hidden(counts, CROSSED) == _hidden(backwards, CROSSED)


@pytest.mark.parametrize("seed", range(5))
def test_more_hidden_beforehand_is_still_hidden(seed: int) -> None:
    chance = np.random.default_rng(seed)
    counts = _crossed(
        {f"{role}|{unit}": chance.integers(0, 15, 3) for role in "ab" for unit in "cdef"}
    )
    already = {("unit", "c"), ("role_x_unit", "a|d")}
    assert already <= set(hidden_groups(parts_of(counts, CROSSED), TEN, already))
