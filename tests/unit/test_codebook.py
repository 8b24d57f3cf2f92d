"""What a survey definition promises the code that reads it.

What belongs here: that the surveys that ship keep the rules of `orchestration.codebook_rules`, and
`test_study_…` and `test_aps_census_…`, their facts. What does not: that a rule notices what breaks
it (`test_codebook_rules`), the data of a wave, and what the warehouse makes of it.
"""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest

from orchestration.codebook import Codebook, Row
from orchestration.codebook_rules import RULES, Rule
from orchestration.codebook_rules.rows import in_wave, values, versions
from orchestration.settings import PROJECT

STUDY = Codebook(PROJECT / "seeds" / "codebook")
APS_CENSUS = Codebook(PROJECT / "examples" / "aps_census" / "codebook")
SHARED = PROJECT.parent / "shared"

any_survey = pytest.mark.parametrize(
    "codebook", [pytest.param(STUDY, id="study"), pytest.param(APS_CENSUS, id="aps_census")]
)


def organisation_on(codebook: Codebook, code: str, day: str) -> Row:
    valid = [
        row
        for row in codebook.table("organisations")
        if row["organisation_code"] == code
        and (not row["valid_from"] or row["valid_from"] <= day)
        and (not row["valid_to"] or day <= row["valid_to"])
    ]
    assert len(valid) == 1, f"{code} has {len(valid)} names on {day}"
    return valid[0]


@any_survey
@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.__name__) for rule in RULES])
def test_any_survey_keeps_the_rule(codebook: Codebook, rule: Rule) -> None:
    assert list(rule(codebook)) == []


@any_survey
def test_any_survey_maps_the_columns_that_the_door_expects(codebook: Codebook) -> None:
    for wave_id in codebook.waves:
        items = in_wave(codebook, "item_versions", wave_id)
        sources = values(in_wave(codebook, "attribute_columns", wave_id), "source_column")
        assert set(codebook.columns(wave_id)) == values(items, "source_column") | sources


def test_study_has_seven_themes_by_their_published_numbers() -> None:
    assert [(row["theme_id"], row["theme_name"]) for row in STUDY.table("themes")] == [
        ("2", "general_views"),
        ("3a", "competences"),
        ("3b", "public_values"),
        ("4a", "societal_developments"),
        ("4b", "organisational_developments"),
        ("5", "personnel_policy"),
        ("6", "dissent_and_dilemmas"),
    ]


def test_study_asks_93_items_in_2022_and_the_same_in_2024() -> None:
    assert len(versions(STUDY, "2022")) == 93
    assert set(versions(STUDY, "2024")) == set(versions(STUDY, "2022"))
    assert {row["comparability"] for row in versions(STUDY, "2024").values()} == {"identical"}


def test_study_rewords_one_item_replaces_one_and_adds_two_in_2026() -> None:
    counts = Counter(row["comparability"] for row in versions(STUDY, "2026").values())
    assert (counts["reworded"], counts["replaced"], counts["new"]) == (1, 1, 2)
    assert len(set(versions(STUDY, "2024")) - set(versions(STUDY, "2026"))) == 1


def test_study_rolls_an_agency_up_to_its_parent_of_the_day() -> None:
    for wave in STUDY.waves.values():
        codes = in_wave(STUDY, "attribute_codes", wave.wave_id)
        organisation, ministry = (
            {row["code"]: row["group_code"] for row in codes if row["attribute_id"] == attribute}
            for attribute in ("organisation", "ministry")
        )
        for code, unit in organisation.items():
            found = organisation_on(STUDY, unit, wave.fieldwork_end)
            assert ministry[code] == (found["parent_code"] or unit), (wave.wave_id, code)


def test_study_turns_a_block_of_items_in_one_wave_only() -> None:
    reversed_in = {
        wave_id: [row for row in versions(STUDY, wave_id).values() if row["is_reversed"] == "true"]
        for wave_id in STUDY.waves
    }
    assert {wave_id for wave_id, rows in reversed_in.items() if rows} == {"2026"}


def test_study_keeps_the_items_of_its_claims_in_every_wave() -> None:
    claimed = {
        item for row in STUDY.table("findings") for item in row["item_ids"].split("|") if item
    }
    for wave_id in ("2024", "2026"):
        kept = versions(STUDY, wave_id)
        assert {kept[item]["comparability"] for item in claimed} == {"identical"}


def test_study_has_14_units_in_2022() -> None:
    codes = in_wave(STUDY, "attribute_codes", "2022")
    units = {row["group_code"] for row in codes if row["attribute_id"] == "organisation"}
    kind = Counter(organisation_on(STUDY, unit, "2022-07-01")["kind"] for unit in units)
    assert kind == {"ministry": 11, "agency": 3}
    ministries = {row["group_code"] for row in codes if row["attribute_id"] == "ministry"}
    assert len(ministries) == 11


@pytest.mark.parametrize(
    ("wave_id", "names"),
    [("2022", "EZK LNV"), ("2024", "EZ LVVN AenM KGG VRO"), ("2026", "EZK LVVN")],
)
def test_study_surveys_the_ministries_of_the_day(wave_id: str, names: str) -> None:
    wave = STUDY.waves[wave_id]
    units = {
        organisation_on(STUDY, row["group_code"], wave.fieldwork_end)["abbreviation"]
        for row in in_wave(STUDY, "attribute_codes", wave_id)
        if row["attribute_id"] == "organisation"
    }
    changing = {"EZ", "EZK", "LNV", "LVVN", "AenM", "KGG", "VRO"}
    assert units & changing == set(names.split())


def test_study_lets_no_claim_or_item_of_its_source_fall() -> None:
    source = SHARED / "survey"
    if not source.is_dir():
        pytest.skip("the study's source tables are not beside the project (../shared/survey)")
    kept = ("item_id", "theme_id", "label_nl", "label_en", "valence", "in_study")
    seeded = {tuple(row[column] for column in kept) for row in STUDY.table("items")}
    assert {tuple(row[column] for column in kept) for row in read(source / "items.csv")} <= seeded
    rule = ("finding_id", "theme_id", "kind", "item_ids", "attribute", "group_a", "group_b")
    assert [tuple(row[column] for column in rule) for row in STUDY.table("findings")] == [
        tuple(row[column] for column in rule) for row in read(source / "findings.csv")
    ]


def test_study_has_50_claims() -> None:
    assert len(STUDY.table("findings")) == 50


def test_study_marks_every_wave_synthetic_in_the_data_and_in_its_label() -> None:
    for row in STUDY.table("waves"):
        assert row["is_synthetic"] == "true"
        assert "synthetic" in row["label_en"]
        assert "synthetisch" in row["label_nl"]
        delivered = values(in_wave(STUDY, "attribute_columns", row["wave_id"]), "attribute_id")
        assert "synthetic_marker" in delivered


def test_study_breaks_down_as_published() -> None:
    assert [row["breakdown"] for row in STUDY.table("breakdowns")] == [
        *("total", "role", "domain", "organisation", "ministry"),
        *("role_x_domain", "role_x_ministry"),
        *("age_band", "gender", "salary_band", "tenure_band", "distance_to_top"),
    ]


def test_aps_census_makes_no_trend_of_two_supervisor_items() -> None:
    before, after = versions(APS_CENSUS, "2014"), versions(APS_CENSUS, "2020")
    shared = set(before) & set(after)
    assert len(before) == len(after) == 4
    assert {after[item]["comparability"] for item in shared} == {"identical"}
    assert len(shared) == 3
    assert not any("supervisor" in item for item in shared)


@pytest.mark.parametrize("wave_id", ["2014", "2020"])
def test_aps_census_knows_every_column_and_value_of_the_real_file(wave_id: str) -> None:
    path = SHARED / "data" / "aps_census" / f"data_{wave_id}_agesample.csv.gz"
    if not path.is_file():
        pytest.skip(f"the real wave is not beside the project (../shared/data/…/{path.name})")
    assert APS_CENSUS.wave_of(path.name) == APS_CENSUS.waves[wave_id]
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        (unnamed, *names), *rows = csv.reader(file)
    assert unnamed == ""
    header = ["column0", *names]  # what DuckDB calls a first column without a name
    columns = APS_CENSUS.columns(wave_id)
    assert set(columns) == set(header)
    for name, delivered in zip(header, zip(*rows, strict=True), strict=True):
        codes = columns[name].codes
        assert codes is None or set(delivered) == codes, name


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
