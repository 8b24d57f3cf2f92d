"""The marts' figures are those of R's `survey` on the reference sample, in all of its designs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance.conftest import Warehouse
from tests.golden_survey import DESIGNS, DOMAINS, GOLDEN, ITEMS, ROLES, SKIP_REASON, reference

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not GOLDEN.is_dir(), reason=SKIP_REASON),
]

WEIGHTED = [design for design in DESIGNS if design != "unweighted"]
FIGURES = {"mean": "mean", "se": "standard_error"}
FAVOURABLE_FIGURES = {"mean": "favourable_share", "se": "favourable_se"}

Row = dict[str, Any]


@pytest.fixture(scope="module")
def results(golden: Warehouse) -> dict[tuple[str, ...], Row]:
    """`item_results` by wave, item, break-down and group."""
    with golden.published() as connection:
        rows = connection.execute("from marts.item_results").fetchall()
        names = [column[0] for column in connection.description]
    keys = ("wave_id", "item_id", "breakdown", "group_code")
    records = [dict(zip(names, row, strict=True)) for row in rows]
    return {tuple(record[key] for key in keys): record for record in records}


def _groups(figures: dict[str, Any]) -> Iterator[tuple[str, str, Row, Row]]:
    """Break-down, group, and R's figures of its mean and of its favourable share."""
    yield "total", "all", figures["total"], figures["total_fav"]
    for breakdown, codes in (("role", ROLES), ("domain", DOMAINS)):
        for code in codes:
            group = figures[f"by_{breakdown}"][code]
            yield breakdown, code, group, group["fav"]


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("design", WEIGHTED)
def test_means_shares_and_standard_errors_are_those_of_r(
    results: dict[tuple[str, ...], Row], design: str, item: str
) -> None:
    for breakdown, code, score, favourable in _groups(reference()[design][item]):
        ours = results[design, item, breakdown, code]
        for theirs, figures in ((score, FIGURES), (favourable, FAVOURABLE_FIGURES)):
            for name, column in figures.items():
                assert ours[column] == pytest.approx(theirs[name], rel=1e-9), (code, column)


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("design", WEIGHTED)
def test_intervals_of_shares_are_those_of_r(
    results: dict[tuple[str, ...], Row], design: str, item: str
) -> None:
    ours = results[design, item, "total", "all"]
    bounds = reference()[design][item]["total_fav_ci_logit"]
    assert ours["favourable_ci_method"] == "logit"
    # R's bounds come from an iterative fit that stops at 1e-8; ours are its closed form.
    assert [ours["favourable_ci_low"], ours["favourable_ci_high"]] == pytest.approx(
        bounds, rel=1e-8
    )


@pytest.mark.parametrize("item", ITEMS)
def test_unweighted_figures_are_those_of_r(results: dict[tuple[str, ...], Row], item: str) -> None:
    theirs = reference()["weights_only"][item]
    ours = results["unweighted", item, "total", "all"]
    assert ours["respondents"] == theirs["unweighted"]["n"]
    assert ours["mean"] == pytest.approx(theirs["unweighted"]["mean"], rel=1e-12)
    assert ours["standard_deviation"] == pytest.approx(theirs["unweighted"]["sd"], rel=1e-12)
    assert ours["favourable_ci_method"] == "wilson"
    assert [ours["favourable_ci_low"], ours["favourable_ci_high"]] == pytest.approx(
        theirs["unweighted_fav_wilson"], rel=1e-9
    )
    for design in WEIGHTED:
        assert results[design, item, "total", "all"]["mean_unweighted"] == ours["mean"]


def test_design_effect_is_that_of_kish(golden: Warehouse) -> None:
    with golden.published() as connection:
        row = connection.execute(
            "select design_effect from marts.weighting where wave_id = 'stratified'"
        ).fetchone()
    assert row is not None
    assert row[0] == pytest.approx(reference()["kish_deff"], rel=1e-9)
