"""The marts' tests are those of R on the reference sample: differences, p values, Wald's F, Welch, alpha."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import Row, Warehouse, rows_by_key
from tests.golden_survey import DESIGNS, GOLDEN, ITEMS, SKIP_REASON, reference

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not GOLDEN.is_dir(), reason=SKIP_REASON),
]

WEIGHTED = [design for design in DESIGNS if design != "unweighted"]
FIGURES = {"difference": "diff", "t": "t", "degrees_of_freedom": "df", "p_value": "p"}
WELCH_FIGURES = {f"welch_{name}": r for name, r in FIGURES.items() if name != "difference"}
WALD_FIGURES = {
    "wald_f": "F",
    "numerator_degrees_of_freedom": "df",
    "denominator_degrees_of_freedom": "ddf",
    "p_value": "p",
}


@pytest.fixture(scope="module")
def differences(golden: Warehouse) -> dict[tuple[str, ...], Row]:
    keys = ("wave_id", "item_id", "breakdown", "group_code", "reference_code")
    with golden.published() as marts:
        return rows_by_key(marts, "group_differences", *keys)


@pytest.fixture(scope="module")
def omnibus(golden: Warehouse) -> dict[tuple[str, ...], Row]:
    with golden.published() as marts:
        return rows_by_key(marts, "group_tests", "wave_id", "item_id", "breakdown")


def _agree(ours: Row, theirs: Row, figures: dict[str, str]) -> None:
    for column, name in figures.items():
        assert ours[column] == pytest.approx(theirs[name], rel=1e-9), column


@pytest.mark.parametrize("design", WEIGHTED)
@pytest.mark.parametrize("item", ITEMS)
def test_the_difference_of_two_groups_is_tested_as_by_svyttest(
    differences: dict[tuple[str, ...], Row], design: str, item: str
) -> None:
    ours = differences[design, item, "role", "LG", "MW"]
    _agree(ours, reference()[design][item]["lg_minus_mw"], FIGURES)


@pytest.mark.parametrize("design", WEIGHTED)
@pytest.mark.parametrize("item", ITEMS)
def test_a_group_is_tested_against_the_rest_as_by_svyttest(
    differences: dict[tuple[str, ...], Row], design: str, item: str
) -> None:
    for domain, theirs in reference()[design][item]["domain_vs_rest"].items():
        _agree(differences[design, item, "domain", domain, "rest"], theirs, FIGURES)


@pytest.mark.parametrize("design", WEIGHTED)
@pytest.mark.parametrize("item", ITEMS)
def test_all_groups_are_tested_at_once_as_by_reg_term_test(
    omnibus: dict[tuple[str, ...], Row], design: str, item: str
) -> None:
    theirs = reference()[design][item]["domain_wald"]
    _agree(omnibus[design, item, "domain"], theirs, WALD_FIGURES)


@pytest.mark.parametrize("item", ITEMS)
def test_the_unweighted_test_of_welch_is_that_of_r(
    differences: dict[tuple[str, ...], Row], item: str
) -> None:
    theirs = reference()["weights_only"][item]["unweighted_welch"]
    for design in DESIGNS:
        _agree(differences[design, item, "role", "LG", "MW"], theirs, WELCH_FIGURES)


def test_p_values_are_adjusted_over_the_family_as_by_r(
    differences: dict[tuple[str, ...], Row],
) -> None:
    theirs = reference()["lg_mw_p_adjusted"]
    for item in ITEMS:
        ours = differences["stratified_fpc", item, "role", "LG", "MW"]
        assert ours["family_size"] == len(ITEMS)
        _agree(
            ours, {name: theirs[name][item] for name in theirs}, {"p_holm": "holm", "p_bh": "bh"}
        )


def test_a_difference_turned_round_has_the_other_sign_and_the_same_error(
    differences: dict[tuple[str, ...], Row],
) -> None:
    for (design, item, breakdown, group, reference_code), ours in differences.items():
        if breakdown == "role" and reference_code == "rest" and group == "LG":
            mirrored = differences[design, item, breakdown, "MW", "rest"]
            assert ours["difference"] == pytest.approx(-mirrored["difference"], rel=1e-9)
            assert ours["standard_error"] == pytest.approx(mirrored["standard_error"], rel=1e-9)
            assert {ours["verdict"], mirrored["verdict"]} in (
                {"higher", "lower"},
                {"no difference shown"},
            )


def test_the_reliability_of_a_theme_is_alpha_on_complete_cases(golden: Warehouse) -> None:
    with golden.published() as marts:
        reliability = rows_by_key(marts, "theme_reliability", "wave_id")
    theirs = reference()["alpha_complete_cases"]
    for design in DESIGNS:
        ours = reliability[(design,)]
        assert ours["respondents"] == theirs["n"]
        assert ours["alpha"] == pytest.approx(theirs["raw_alpha"], rel=1e-9)
