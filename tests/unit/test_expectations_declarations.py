"""Suites as plain data: quick to import, quoted safely, drawn from the codebook.

What belongs here: what needs no database of a survey. What does not: Great Expectations.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations import plausibility
from expectations.declarations import no_rows
from expectations.running import SUITES
from expectations.sql import literal, literals, relation, union_all
from expectations.survey import asked_items, attribute_columns, group_codes, thresholds
from orchestration.codebook import Codebook
from orchestration.settings import PROJECT
from tests.expectations_survey import HOSTILE, WAVES, write_codebook

SURVEYS = [PROJECT / "seeds" / "codebook", PROJECT / "examples" / "aps_census" / "codebook"]


@pytest.fixture
def survey(tmp_path: Path) -> Codebook:
    return write_codebook(tmp_path)


def test_declaring_suites_imports_nothing_heavy() -> None:
    program = "import sys, expectations.running; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    heavy = {"great_expectations", "sqlalchemy", "pandas", "numpy", "jinja2", "dagster", "dbt"}
    assert heavy & set(ran.stdout.split()) == set()


@given(st.lists(st.one_of(st.text(), st.integers(-(10**9), 10**9), st.none()), min_size=1))
def test_values_reach_duckdb_as_they_are(values: list[str | int | None]) -> None:
    texts = [value for value in values if not isinstance(value, str) or "\0" not in value]
    if texts:
        found = duckdb.sql(f"select {', '.join(map(literal, texts))}").fetchone()
        assert found == tuple(texts)


def test_nothing_is_in_an_empty_list_of_values() -> None:
    found = duckdb.sql(f"select 'a' in {literals([])}, 'a' not in {literals([])}").fetchone()
    assert found == (False, True)


def test_a_check_against_no_rows_is_an_error_rather_than_a_pass() -> None:
    with pytest.raises(ValueError, match="nothing to hold"):
        relation([])
    with pytest.raises(ValueError, match="nothing to hold"):
        union_all("select {column}", [])


def test_a_part_with_braces_is_not_taken_for_another_part() -> None:
    expectation = no_rows("select {column} from batch", column='"{a}"')
    assert expectation.arguments == {"unexpected_rows_query": 'select "{a}" from batch'}


def test_items_are_those_that_the_waves_ask_with_the_scale_of_each_wave(survey: Codebook) -> None:
    items = asked_items(survey, WAVES)
    assert [(item.wave_id, item.item_id, item.scores) for item in items] == [
        ("2022", "V1", (1, 2, 3, 4, 5)),
        ("2022", "V2", (1, 2, 3, 4, 5)),
        ("2024", "V1", (1, 2, 3, 4, 5)),
        ("2024", "V2", (0, 1)),
        ("2024", "V3", (1, 2, 3, 4, 5)),
    ]
    assert items[0].source_column == HOSTILE
    assert items[0].column == "v1"
    assert items[0].codes_meaning("dont_know") == ("9",)
    assert items[3].codes_meaning("answer") == ("N", "Y")
    assert sorted(items[3].answers) == [-1, 0, 1]


def test_attributes_are_those_that_the_wave_delivers(survey: Codebook) -> None:
    assert attribute_columns(survey, "2024", "weight") == {"weight": "w"}
    assert attribute_columns(survey, "2022", "weight") == {}
    assert group_codes(survey) == {"role": ("LG", "MW")}


@pytest.mark.parametrize("folder", SURVEYS, ids=["study", "aps_census"])
def test_any_survey_sets_the_thresholds_that_its_checks_need_and_no_others(folder: Path) -> None:
    checks = {check.name for check in SUITES["delivery"]}
    found = thresholds(Codebook(folder))
    assert {name.split(".")[0] for name in found} <= checks
    assert {check.name for check in plausibility.CHECKS} <= found.keys()
    for name, threshold in found.items():
        assert threshold.value is not None or name == "times_readable", name
        assert (threshold.severity is None) == ("." in name), name
    assert all(threshold.reason for threshold in found.values())


def test_an_item_that_is_delivered_the_other_way_round_is_turned(survey: Codebook) -> None:
    versions = (survey.folder / "item_versions.csv").read_text("utf-8")
    (survey.folder / "item_versions.csv").write_text(
        versions.replace("2024,q1,V1,five,false", "2024,q1,V1,five,true"), encoding="utf-8"
    )
    (turned,) = (item for item in asked_items(survey, ["2024"]) if item.item_id == "V1")
    assert turned.score_of == {"1": 5, "2": 4, "3": 3, "4": 2, "5": 1}
    assert turned.answer_of["9"] == -2
