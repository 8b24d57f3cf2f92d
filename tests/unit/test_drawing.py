"""What a draw of cells keeps of the count it is drawn from."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.drawing import draw, draw_sums


@pytest.fixture
def chance() -> np.random.Generator:
    return np.random.default_rng(7)


def test_a_place_has_its_people_times_the_factor(chance: np.random.Generator) -> None:
    counts = np.array([[3, 0, 1], [0, 2, 0]])
    assert draw(counts, 1_000, chance).sum(axis=1).tolist() == [4_000, 2_000]


def test_cells_that_only_other_places_have_come_up_less_often(chance: np.random.Generator) -> None:
    ((_, own_of_first, other_of_first), (_, own_of_second, other_of_second)) = draw(
        np.array([[0, 50, 0], [0, 0, 50]]), 1_000, chance
    )
    # Half as counted there, half as in both together.
    assert own_of_first / 50_000 == pytest.approx(0.75, abs=0.02)
    assert other_of_second / 50_000 == pytest.approx(0.75, abs=0.02)
    assert other_of_first + own_of_first == own_of_second + other_of_second == 50_000


def test_axes_are_borrowed_as_if_they_had_nothing_to_do_with_each_other(
    chance: np.random.Generator,
) -> None:
    only_equal = np.array([np.eye(2, dtype=np.int64) * 50])
    shares = draw(only_equal, 1_000, chance)[0] / 100_000
    assert shares == pytest.approx(np.array([[0.375, 0.125], [0.125, 0.375]]), abs=0.02)


def test_sums_of_a_drawn_value_have_its_mean_and_deviation(chance: np.random.Generator) -> None:
    people = np.array([1, 10, 100_000])
    values, squares = draw_sums(people, 3.5, 0.8, chance)
    assert values[-1] / people[-1] == pytest.approx(3.5, abs=0.02)
    # No cell has squares that its sum could not have.
    assert (squares * people >= values**2 * (1 - 1e-12)).all()
    variance = squares[-1] / people[-1] - (values[-1] / people[-1]) ** 2
    assert variance == pytest.approx(0.64, abs=0.01)
