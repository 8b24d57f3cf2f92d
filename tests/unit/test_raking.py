"""Raking meets the margins where they can be met, and says so where they cannot."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.statistics.raking import TOLERANCE, Margin, rake

ROLES, DOMAINS = ("LG", "MW"), ("policy", "execution", "inspection")
CELLS = [(role, domain) for role in ROLES for domain in DOMAINS]


def margins(cells: list[tuple[str, str]], sums: np.ndarray) -> list[Margin]:
    """The margins of a population that has these sums in these cells."""
    return [
        Margin(
            groups,
            {
                group: sum(s for g, s in zip(groups, sums, strict=True) if g == group)
                for group in groups
            },
        )
        for groups in zip(*cells, strict=True)
    ]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(1, 500), min_size=len(CELLS), max_size=len(CELLS)),
    st.lists(st.floats(0.1, 10), min_size=len(CELLS), max_size=len(CELLS)),
)
def test_margins_of_a_population_that_exists_are_met(
    respondents: list[int], ratios: list[float]
) -> None:
    population = margins(CELLS, np.multiply(respondents, ratios))

    raking = rake(respondents, population)

    assert raking.converged
    for margin in population:
        for group, target in margin.targets.items():
            members = np.equal(margin.groups, group)
            assert (raking.weights * respondents)[members].sum() == pytest.approx(target, rel=1e-9)


def test_weights_are_the_product_of_one_factor_a_group() -> None:
    """What sets raked weights apart from all others that meet the margins."""
    raking = rake([10, 20, 30, 40, 50, 60], margins(CELLS, np.array([9, 30, 20, 70, 30, 90])))

    by_role = raking.weights.reshape(len(ROLES), len(DOMAINS))
    assert by_role[0] / by_role[1] == pytest.approx(
        np.full(len(DOMAINS), by_role[0, 0] / by_role[1, 0])
    )


def test_a_cell_without_respondents_is_no_hindrance() -> None:
    cells = CELLS[1:]
    raking = rake([20, 30, 40, 50, 60], margins(cells, np.array([30, 20, 70, 30, 90])))

    assert raking.converged
    assert (raking.weights > 0).all()


def test_weights_stay_within_bounds_that_leave_room() -> None:
    population = margins(CELLS, np.array([40, 10, 25, 60, 40, 65]))
    free = rake([10, 20, 30, 40, 50, 60], population)
    mean = 240 / 210
    assert free.weights.max() / mean > 2
    assert not free.is_trimmed.any()

    raking = rake([10, 20, 30, 40, 50, 60], population, largest_ratio=2)

    assert raking.converged
    assert raking.largest_margin_error <= TOLERANCE
    assert raking.weights.max() / mean <= 2 * (1 + 1e-12)
    assert raking.is_trimmed.tolist() == (raking.weights / mean > 2 - 1e-9).tolist()
    assert raking.is_trimmed.any()


def test_bounds_that_leave_no_room_are_told_not_passed() -> None:
    raking = rake([50, 50], [Margin(["LG", "MW"], {"LG": 10, "MW": 90})], 0.5, 2.0)

    assert not raking.converged
    assert raking.weights == pytest.approx([0.5, 1.8])
    assert raking.largest_margin_error == pytest.approx(1.5)


def test_margins_that_exclude_each_other_are_told() -> None:
    """All managers are in policy, and policy has fewer people than there are managers."""
    respondents = [50, 50]
    raking = rake(
        respondents,
        [
            Margin(["LG", "MW"], {"LG": 80, "MW": 20}),
            Margin(["policy", "execution"], {"policy": 40, "execution": 60}),
        ],
    )

    assert not raking.converged
    assert raking.largest_margin_error > 0.1
