"""What a simulated wave promises: its sample, its answers, and whether there is anything to find.

What belongs here: harmonised values as `simulate` gives them. What does not: files
(`test_simulation_files.py`) and parameters that do not fit (`test_simulation_parameters.py`).
"""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from orchestration.codebook import Codebook
from orchestration.settings import PROJECT
from orchestration.simulation.options import Effects
from orchestration.simulation.parameters import Parameters, SimulationError
from orchestration.simulation.respondents import allocate
from orchestration.simulation.wave import SimulatedWave, simulate

CODEBOOK = Codebook(PROJECT / "seeds" / "codebook")
PARAMETERS = Parameters.read(PROJECT / "seeds" / "simulation")
THEME_OF = {row["item_id"]: row["theme_id"] for row in CODEBOOK.table("items")}
THEMES = [row["theme_id"] for row in CODEBOOK.table("themes")]

every_wave = pytest.mark.parametrize("wave_id", CODEBOOK.waves)


def simulated(
    wave_id: str = "2022",
    respondents: int = 4000,
    seed: int = 1,
    effects: Effects = Effects.STUDY,
) -> SimulatedWave:
    return simulate(CODEBOOK, PARAMETERS, wave_id, respondents, seed, effects)


def scores(wave: SimulatedWave, item_id: str) -> npt.NDArray[np.float64]:
    """The answers as scores, NaN where there is no answer."""
    answers = wave.answers[item_id].astype(float)
    answers[answers < 0] = np.nan
    return answers


def complete(wave: SimulatedWave, theme_id: str) -> npt.NDArray[np.float64]:
    """Items by respondents of a theme, of those who answered them all."""
    matrix = np.array([scores(wave, item) for item in wave.answers if THEME_OF[item] == theme_id])
    return matrix[:, ~np.isnan(matrix).any(axis=0)]


@given(
    headcounts=st.lists(st.integers(1, 30_000), min_size=1, max_size=20),
    exponent=st.floats(0, 1),
    share=st.floats(0, 1),
)
def test_allocation_gives_all_respondents_and_none_twice(
    headcounts: list[int], exponent: float, share: float
) -> None:
    strata = {str(place): people for place, people in enumerate(headcounts)}
    respondents = round(share * sum(headcounts))
    allocated = allocate(strata, respondents, exponent)
    assert sum(allocated.values()) == respondents
    assert all(0 <= allocated[stratum] <= people for stratum, people in strata.items())


def test_a_wave_larger_than_the_population_keeps_its_proportions() -> None:
    assert allocate({"small": 100, "large": 900}, 10_000, 0.5) == {"small": 1000, "large": 9000}


@every_wave
def test_small_units_are_oversampled(wave_id: str) -> None:
    people: Counter[str] = Counter()
    for row in CODEBOOK.table("population"):
        if row["wave_id"] == wave_id:
            people[row["stratum"]] += int(row["headcount"])
    stratum = simulated(wave_id).groups["stratum"]
    sizes = np.bincount(stratum.index, minlength=len(stratum.codes))
    by_size = sorted(
        (people[code], size / people[code]) for code, size in zip(stratum.codes, sizes, strict=True)
    )
    fractions = [fraction for _, fraction in by_size]
    assert stats.spearmanr(range(len(fractions)), fractions).statistic < -0.95
    assert fractions[0] > 3 * fractions[-1]


def test_managers_are_nearer_to_the_top_and_on_higher_scales() -> None:
    wave = simulated(respondents=20_000)
    manager = wave.groups["role"].are("LG")
    for attribute, sign in (("salary_band", 1), ("distance_to_top", -1), ("age_band", 1)):
        index = wave.groups[attribute].index
        given = index >= 0
        gap = index[given & manager].mean() - index[given & ~manager].mean()
        assert sign * gap > 0.2, attribute


def test_nobody_under_35_has_served_20_years() -> None:
    groups = simulated(respondents=50_000).groups
    assert not (groups["age_band"].are("under_35") & groups["tenure_band"].are("20_plus")).any()


def test_agencies_mostly_execute_and_ministries_make_policy() -> None:
    groups = simulated(respondents=20_000).groups
    execution = groups["domain"].are("uitvoering")
    assert execution[groups["stratum"].are("oorg10114")].mean() > 0.5
    assert execution[groups["stratum"].are("mnre1090")].mean() < 0.2


@every_wave
def test_answers_stay_in_their_scale_and_spread_over_it(wave_id: str) -> None:
    for item, answers in simulated(wave_id).answers.items():
        assert set(answers[answers >= 0].tolist()) <= {1, 2, 3, 4, 5}, item
        assert len(set(answers[answers >= 0].tolist())) >= 4, item
        assert answers.min() >= -4, item


def test_no_answers_come_at_the_rates_of_the_item() -> None:
    wave = simulated(respondents=100_000)
    values = {"not_answered": -1, "dont_know": -2, "not_applicable": -3, "refused": -4}
    for item, answers in wave.answers.items():
        for meaning, rate in PARAMETERS.items[item].no_answer.items():
            assert (answers == values[meaning]).mean() == pytest.approx(rate, abs=0.004), item


@every_wave
@pytest.mark.parametrize("theme_id", THEMES)
def test_a_theme_is_measured_reliably(wave_id: str, theme_id: str) -> None:
    matrix = complete(simulated(wave_id), theme_id)
    items = len(matrix)
    alpha = items / (items - 1) * (1 - matrix.var(axis=1).sum() / matrix.sum(axis=0).var())
    assert 0.7 < alpha < 0.92


def test_items_of_one_theme_go_together_more_than_items_of_two() -> None:
    wave = simulated(respondents=20_000)
    items = list(wave.answers)
    matrix = np.corrcoef([np.nan_to_num(scores(wave, item), nan=3) for item in items])
    same = np.equal.outer([THEME_OF[i] for i in items], [THEME_OF[i] for i in items])
    apart = ~np.eye(len(items), dtype=bool)
    assert matrix[same & apart].mean() > matrix[~same].mean() + 0.15


def test_an_item_that_is_asked_no_more_changes_no_other(tmp_path: Path) -> None:
    shutil.copytree(CODEBOOK.folder, tmp_path / "codebook")
    crosswalk = tmp_path / "codebook" / "item_versions.csv"
    rows = crosswalk.read_text(encoding="utf-8").splitlines(keepends=True)
    crosswalk.write_text("".join(row for row in rows if ",O05," not in row), encoding="utf-8")
    before = simulated(respondents=500)
    after = simulate(Codebook(tmp_path / "codebook"), PARAMETERS, "2022", 500, 1)
    assert before.answers.keys() - after.answers.keys() == {"O05"}
    assert all((before.answers[item] == after.answers[item]).all() for item in after.answers)


def test_another_seed_is_another_wave() -> None:
    one, other = simulated(seed=1), simulated(seed=2)
    assert all((one.answers[item] != other.answers[item]).any() for item in one.answers)


def group_p_values(wave: SimulatedWave) -> list[float]:
    """Welch's test of every item for each role and domain against the rest."""
    return [
        float(stats.ttest_ind(x[member], x[~member], equal_var=False, nan_policy="omit").pvalue)
        for attribute in ("role", "domain")
        for code in wave.groups[attribute].codes[int(attribute == "role") :]
        for member in [wave.groups[attribute].are(code)]
        for x in (scores(wave, item) for item in wave.answers)
    ]


def test_without_effects_groups_differ_no_more_than_by_chance() -> None:
    p_values = [
        p
        for seed in range(6)
        for p in group_p_values(simulated(respondents=2000, seed=seed, effects=Effects.NONE))
    ]
    assert 0.03 < np.mean(np.array(p_values) < 0.05) < 0.07


def test_with_effects_many_groups_differ() -> None:
    assert np.mean(np.array(group_p_values(simulated(respondents=2000))) < 0.05) > 0.3


@every_wave
def test_without_effects_all_items_lie_around_the_midpoint(wave_id: str) -> None:
    wave = simulated(wave_id, respondents=40_000, effects=Effects.NONE)
    t_values = [
        float(stats.ttest_1samp(scores(wave, item), 3, nan_policy="omit").statistic)
        for item in wave.answers
    ]
    assert np.max(np.abs(t_values)) < 5
    assert np.mean(np.square(t_values)) < 2


def test_without_effects_themes_are_unrelated() -> None:
    wave = simulated(respondents=20_000, effects=Effects.NONE)
    means = [
        np.nanmean([scores(wave, i) for i in wave.answers if THEME_OF[i] == theme], axis=0)
        for theme in THEMES
    ]
    assert np.abs(np.corrcoef(means) - np.eye(len(THEMES))).max() < 0.03


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"wave_id": "2023"}, "no wave '2023': it is one of 2022, 2024, 2026"),
        ({"respondents": 0}, "at least 1"),
        ({"seed": -1}, "whole number from 0"),
    ],
)
def test_what_cannot_be_simulated_is_said(asked: dict[str, Any], message: str) -> None:
    with pytest.raises(SimulationError, match=message):
        simulated(**asked)


def test_progress_runs_from_the_first_item_to_the_last() -> None:
    told: list[float] = []
    simulate(CODEBOOK, PARAMETERS, "2022", 100, 1, progress=told.append)
    assert told == sorted(told)
    assert len(told) == 93
    assert told[-1] == 1
