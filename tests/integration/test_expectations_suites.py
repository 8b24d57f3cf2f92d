"""Each check passes on data that keep its promise and counts just what breaks it.

What belongs here: one way, or more, of breaking each promise. What does not: how a suite is run.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from expectations import plausibility
from expectations.declarations import Layer, Scope
from expectations.published import (
    BENCHMARKS,
    DIM_ITEM_VERSIONS,
    DIM_WAVES,
    DIMENSIONS,
    FINDING_EVIDENCE,
    FINDINGS,
    GROUP_DIFFERENCES,
    GROUP_TESTS,
    RELATED,
    RESULTS,
    THEME_DIFFERENCES,
    THEME_RELIABILITY,
    TRENDS,
    WEIGHTING,
    Mart,
)
from expectations.running import SUITES, run_checks, run_suite
from orchestration.codebook import Codebook
from tests.expectations_survey import GOOD, QUOTED, write_codebook, write_database

ONE_ITEM = "wave_id = '2022' and item_id = 'V1' and breakdown = 'total'"
ONE_THEME = "wave_id = '2022' and theme_id = 't1' and breakdown = 'total'"
ONE_WAVE = "wave_id = '2022' and breakdown = 'total'"
HIDDEN_ITEM = "wave_id = '2022' and item_id = 'V1' and group_code = 'MW'"
HIDDEN_THEME = "wave_id = '2022' and theme_id = 't1' and group_code = 'MW'"
HIDDEN_WAVE = "wave_id = '2022' and group_code = 'MW'"

# Marts whose first row is a key of its own, and breaks each promise in the same way.
COUNTED = (
    *(GROUP_DIFFERENCES, THEME_DIFFERENCES, THEME_RELIABILITY, TRENDS),
    *RELATED,
    *(FINDINGS, FINDING_EVIDENCE),
)


def item_results(change: str, where: str = ONE_ITEM) -> str:
    return f"update marts.item_results set {change} where {where}"


def item_distributions(change: str, where: str = ONE_ITEM) -> str:
    return f"update marts.item_distributions set {change} where {where}"


def theme_results(change: str, where: str = ONE_THEME) -> str:
    return f"update marts.theme_results set {change} where {where}"


def response(change: str, where: str = ONE_WAVE) -> str:
    return f"update marts.response set {change} where {where}"


def weighting(change: str) -> str:
    return f"update marts.weighting set {change} where wave_id = '2022'"


def staged(change: str, wave: str = "2022") -> str:
    return (
        f"update staging.stg_responses set {change} "
        f"where wave_id = '{wave}' and respondent_key = 'key1'"
    )


def first_row(mart: Mart, change: str) -> str:
    return f"update marts.{mart.table} set {change} where rowid = 0"


def hiding(mart: Mart) -> tuple[tuple[str, str], ...]:
    figure = mart.required[0]
    return (
        ("hidden_rows_empty", f"is_suppressed = true, suppression_reason = 'few', {figure} = 20"),
        ("shown_rows_whole", f"is_suppressed = false, {figure} = null"),
    )


# The good data, the check, what breaks its promise, and how many rows or values then do.
BREAKS: list[tuple[str, str, str, int]] = [
    ("delivery", "has_rows", "delete from delivered", 1),
    ("delivery", "crosswalk_columns_present", "alter table delivered drop v2", 1),
    ("delivery", "columns_known", "alter table delivered add email varchar", 1),
    (
        "delivery",
        "respondent_ids_present",
        "update delivered set nr = ' ' where nr in ('r1', 'r2'); update delivered set nr = null where nr = 'r3'",
        3,
    ),
    ("delivery", "respondent_ids_unique", "update delivered set nr = 'r1' where nr = 'r2'", 2),
    (
        "delivery",
        "answers_within_scale",
        f"update delivered set {QUOTED} = '7' where nr in ('r4', 'r5', 'r6'); update delivered set v2 = 'x' where nr = 'r7'",
        4,
    ),
    ("delivery", "groups_known", "update delivered set rol = '3' where nr = 'r1'", 1),
    ("delivery", "stratum_present", "update delivered set unit = '' where nr = 'r1'", 1),
    *[
        (
            "weighted delivery",
            "weights_positive",
            f"update delivered set w = {w} where id = 'r1'",
            1,
        )
        for w in ("'0'", "'-1'", "'1,5'", "'many'", "'nan'", "'inf'", "''", "null")
    ],
    ("delivery", "items_answered", "update delivered set v2 = '9'", 1),
    (
        "delivery",
        "item_nonresponse",
        "update delivered set v2 = '' where nr in ('r2', 'r3', 'r4', 'r5')",
        1,
    ),
    (
        "staging",
        "rows_as_loaded",
        "delete from staging.stg_responses where wave_id = '2022' and respondent_key = 'key1'",
        1,
    ),
    ("staging", "waves_covered", "delete from staging.stg_responses where wave_id = '2024'", 1),
    ("staging", "respondents_unique", staged("respondent_key = 'key2'"), 1),
    ("staging", "respondents_unique", staged("respondent_key = null"), 1),
    ("staging", "staged_answers_within_scale", staged("v1 = 9"), 1),
    # 5 is an answer to V2 in 2022, and none in 2024.
    ("staging", "staged_answers_within_scale", staged("v2 = 5", wave="2024"), 1),
    ("staging", "asked_items_filled", staged("v2 = null"), 1),
    ("staging", "unasked_items_empty", staged("v3 = 1"), 1),
    ("staging", "staged_weights_positive", staged("weight = 0"), 1),
    ("staging", "staged_weights_positive", staged("weight = null"), 1),
    (
        "staging",
        "staged_weights_positive",
        "alter table staging.stg_responses alter weight type double",
        1,
    ),
    ("staging", "strata_present", staged("stratum = null"), 1),
    ("staging", "strata_present", staged("post_stratum = null"), 1),
    ("staging", "staged_groups_known", staged("role = 'XX'"), 1),
    ("staging", "groups_kept", staged("role = null"), 1),
    *[
        (
            "marts",
            f"{mart.table}_keys_unique",
            f"insert into marts.{mart.table} from marts.{mart.table} limit 1",
            1,
        )
        for mart in dict.fromkeys((*RESULTS, *COUNTED, GROUP_TESTS, BENCHMARKS, *DIMENSIONS))
    ],
    ("marts", "dim_themes_keys_unique", "insert into marts.dim_themes values (null)", 1),
    *[
        (
            "marts",
            f"{mart.table}_waves_covered",
            f"update marts.{mart.table} set wave_id = '2030' where wave_id = '2024'",
            2,
        )
        for mart in (*RESULTS, GROUP_TESTS, DIM_WAVES, WEIGHTING, DIM_ITEM_VERSIONS)
    ],
    (
        "marts",
        "item_results_totals_present",
        f"delete from marts.item_results where {ONE_ITEM}",
        1,
    ),
    (
        "marts",
        "theme_results_totals_present",
        f"delete from marts.theme_results where {ONE_THEME}",
        1,
    ),
    (
        "marts",
        "item_results_minimum_group_kept",
        item_results("is_suppressed = false, respondents = 9", HIDDEN_ITEM),
        1,
    ),
    ("marts", "item_results_minimum_group_kept", item_results("respondents = null"), 1),
    (
        "marts",
        "item_distributions_minimum_group_kept",
        item_distributions("is_suppressed = false, respondents = 1", HIDDEN_ITEM),
        1,
    ),
    (
        "marts",
        "theme_results_minimum_group_kept",
        theme_results("is_suppressed = false, respondents = 9", HIDDEN_THEME),
        1,
    ),
    (
        "marts",
        "response_minimum_group_kept",
        response("is_suppressed = false, returned = 9", HIDDEN_WAVE),
        1,
    ),
    ("marts", "item_results_hidden_rows_empty", item_results("consensus = 0.5", HIDDEN_ITEM), 1),
    (
        "marts",
        "item_results_hidden_rows_empty",
        item_results("suppression_reason = null", HIDDEN_ITEM),
        1,
    ),
    (
        "marts",
        "item_distributions_hidden_rows_empty",
        item_distributions("respondents = 0", HIDDEN_ITEM),
        5,
    ),
    ("marts", "theme_results_hidden_rows_empty", theme_results("mean = 3", HIDDEN_THEME), 1),
    ("marts", "response_hidden_rows_empty", response("coverage = 0.2", HIDDEN_WAVE), 1),
    ("marts", "item_results_shown_rows_whole", item_results("mean = null"), 1),
    ("marts", "item_results_shown_rows_whole", item_results("is_suppressed = null"), 1),
    ("marts", "item_results_shown_rows_whole", item_results("suppression_reason = 'why'"), 1),
    (
        "marts",
        "item_distributions_shown_rows_whole",
        item_distributions("share = null", f"{ONE_ITEM} and answer = 1"),
        1,
    ),
    ("marts", "theme_results_shown_rows_whole", theme_results("mean = null"), 1),
    ("marts", "response_shown_rows_whole", response("usable = null"), 1),
    (
        "marts",
        "item_results_no_microdata",
        "create table marts.leak as select 'key1' as respondent_key, 'r1' as nr, 1 as mean",
        2,
    ),
    ("marts", "item_results_means_within_scale", item_results("mean = 5.1"), 1),
    ("marts", "item_results_means_within_scale", item_results("mean_unweighted = 0.9"), 1),
    ("marts", "item_results_means_within_scale", item_results("mean = 'nan'"), 1),
    (
        "marts",
        "item_results_means_within_scale",
        item_results("mean = 2", "wave_id = '2024' and item_id = 'V2' and breakdown = 'total'"),
        1,
    ),
    ("marts", "theme_results_means_within_scale", theme_results("mean = 0.5"), 1),
    ("marts", "item_results_intervals_contain_means", item_results("ci_low = mean + 0.1"), 1),
    ("marts", "item_results_intervals_contain_means", item_results("ci_high = mean - 0.1"), 1),
    ("marts", "item_results_intervals_contain_means", item_results("ci_high = null"), 1),
    ("marts", "theme_results_intervals_contain_means", theme_results("ci_low = mean + 0.1"), 1),
    (
        "marts",
        "item_results_intervals_contain_shares",
        item_results("favourable_ci_high = 0.85"),
        1,
    ),
    ("marts", "item_results_errors_are_numbers", item_results("standard_error = -0.1"), 1),
    ("marts", "item_results_errors_are_numbers", item_results("effective_n = 'inf'"), 1),
    ("marts", "theme_results_errors_are_numbers", theme_results("design_effect = 'nan'"), 1),
    ("marts", "item_results_shares_within_bounds", item_results("favourable_share = 1.01"), 1),
    ("marts", "item_results_shares_within_bounds", item_results("consensus = -0.01"), 1),
    (
        "marts",
        "item_distributions_shares_within_bounds",
        item_distributions("share = 'nan'", f"{ONE_ITEM} and answer = 1"),
        1,
    ),
    ("marts", "theme_results_shares_within_bounds", theme_results("favourable_share = 90"), 1),
    ("marts", "response_shares_within_bounds", response("response_rate = 1.2"), 1),
    *[
        ("marts", f"{mart.table}_{check}", first_row(mart, change), 1)
        for mart in COUNTED
        for check, change in (
            ("minimum_group_kept", "is_suppressed = false, respondents = 9"),
            *hiding(mart),
            *(("shares_within_bounds", f"{share} = 1.5") for share in mart.shares[:1]),
        )
    ],
    *[
        ("marts", f"benchmarks_{check}", first_row(BENCHMARKS, change), 1)
        for check, change in hiding(BENCHMARKS)
    ],
    ("marts", "group_tests_shares_within_bounds", first_row(GROUP_TESTS, "p_value = 1.5"), 1),
    (
        "marts",
        "relations_correlations_within_bounds",
        "update marts.relations set ci_high = 1.5 where wave_id = '2022'",
        1,
    ),
    (
        "marts",
        "relations_correlations_within_bounds",
        "update marts.relations set correlation = 0.9 where wave_id = '2022'",
        1,
    ),
    (
        "marts",
        "item_results_ranks_whole",
        item_results("rank_in_theme = 3"),
        1,
    ),
    (
        "marts",
        "item_distributions_shares_add_up",
        item_distributions("share = 0.5", f"{ONE_ITEM} and answer = 5"),
        1,
    ),
    (
        "marts",
        "item_distributions_answers_listed",
        f"delete from marts.item_distributions where {ONE_ITEM} and answer = 1",
        1,
    ),
    (
        "marts",
        "item_distributions_answers_listed",
        item_distributions("answer = 7", f"{ONE_ITEM} and answer = 1"),
        2,
    ),
    (
        "marts",
        "item_distributions_agrees_with_item_results",
        item_distributions("respondents = 19", f"{ONE_ITEM} and answer = 5"),
        1,
    ),
    (
        "marts",
        "item_distributions_agrees_with_item_results",
        item_distributions(
            "is_suppressed = false, respondents = 0", f"{HIDDEN_ITEM} and answer = 1"
        ),
        1,
    ),
    (
        "marts",
        "item_distributions_agrees_with_item_results",
        f"delete from marts.item_results where {ONE_ITEM}",
        1,
    ),
    ("marts", "response_response_in_order", response("usable = 21"), 1),
    ("marts", "response_response_in_order", response("returned = 101"), 1),
    ("marts", "response_coverage_within_population", response("coverage = 1.1"), 1),
    ("marts", "weighting_margins_met", weighting("converged = false"), 1),
    ("marts", "weighting_margins_agree", weighting("margin_total_difference = 0.02"), 1),
    ("marts", "weighting_population_represented", weighting("empty_cells = 1"), 1),
    ("marts", "weighting_population_represented", weighting("empty_margin_groups = 1"), 1),
    ("marts", "weighting_weights_within_bounds", weighting("out_of_bounds_respondents = 3"), 1),
]


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Codebook:
    return write_codebook(tmp_path_factory.mktemp("survey") / "codebook")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("good")
    return {
        name: write_database(folder / f"good {name}.duckdb", statements)
        for name, (_, _, statements) in GOOD.items()
    }


@pytest.mark.parametrize("name", GOOD)
def test_every_check_passes_where_every_promise_is_kept(
    name: str, good: dict[str, Path], survey: Codebook
) -> None:
    layer, waves, _ = GOOD[name]
    results = run_suite(layer, good[name], Scope(survey, waves))
    assert {result.name: (result.failing_rows, result.error) for result in results} == {
        check.name: (0, None) for check in SUITES[layer]
    }


@pytest.mark.parametrize(("name", "check_name", "breaking", "failing_rows"), BREAKS)
def test_a_broken_promise_fails_its_check_with_the_count_of_what_breaks_it(
    name: str,
    check_name: str,
    breaking: str,
    failing_rows: int,
    good: dict[str, Path],
    survey: Codebook,
    tmp_path: Path,
) -> None:
    layer, waves, _ = GOOD[name]
    broken = write_database(Path(shutil.copy(good[name], tmp_path / "broken.duckdb")), breaking)
    checks = [check for check in SUITES[layer] if check.name == check_name]

    (result,) = run_checks(layer, checks, broken, Scope(survey, waves))

    assert (result.status, result.failing_rows) == ("failed", failing_rows), result.error
    assert json.loads(json.dumps(result.sample, allow_nan=False))


def test_every_check_of_every_suite_is_broken_above_or_among_the_plausible() -> None:
    declared = [check.name for suite in SUITES.values() for check in suite]
    assert sorted(declared) == sorted(set(declared)), "names are their own among all suites"
    # test_expectations_plausibility breaks those, each in its own way.
    plausible = {check.name for check in plausibility.CHECKS}
    assert set(declared) == {check_name for _, check_name, _, _ in BREAKS} | plausible


@pytest.mark.parametrize("layer", SUITES)
def test_every_check_belongs_to_its_suite(layer: Layer) -> None:
    assert {check.layer for check in SUITES[layer]} == {layer}
