"""What a survey definition promises the code that reads it.

What belongs here: `test_any_survey_…`, the rules that every survey's codebook keeps, and
`test_study_…` and `test_aps_census_…`, the facts of the two surveys that ship. What does not: the
data of a wave, and what the warehouse makes of it.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from orchestration.codebook import Codebook, Row
from orchestration.settings import PROJECT

STUDY = Codebook(PROJECT / "seeds" / "codebook")
APS_CENSUS = Codebook(PROJECT / "examples" / "aps_census" / "codebook")
SHARED = PROJECT.parent / "shared"

any_survey = pytest.mark.parametrize(
    "codebook", [pytest.param(STUDY, id="study"), pytest.param(APS_CENSUS, id="aps_census")]
)

# Each table's columns, and which of them identify a row.
TABLES = {
    "survey": ("survey_id | label_nl label_en minimum_group_size description"),
    "waves": (
        "wave_id | label_nl label_en fieldwork_start fieldwork_end previous_wave_id invited "
        "is_synthetic file_pattern source"
    ),
    "themes": "theme_id | theme_name label_nl label_en position relation_side",
    "items": "item_id | theme_id label_nl label_en valence in_study basis position",
    "scales": "scale_id answer | meaning label_nl label_en is_favourable",
    "answer_codes": "code_list code | scale_id answer",
    "item_versions": (
        "wave_id source_column | item_id code_list is_reversed wording comparability "
        "comparability_note"
    ),
    "attributes": "attribute_id | kind label_nl label_en",
    "groups": "attribute_id group_code | position label_nl label_en",
    "attribute_columns": "wave_id attribute_id | source_column",
    "attribute_codes": "wave_id attribute_id code | group_code",
    "breakdowns": "breakdown | attribute_1 attribute_2 cube compare_pairs position label_nl label_en",
    "driver_terms": "attribute_id | position reference_group",
    "organisations": (
        "organisation_code | abbreviation name_nl name_en kind parent_code valid_from valid_to"
    ),
    "quality_thresholds": "check_name | threshold severity reason",
    "organisation_events": "event_date event organisation_code successor_code | note",
    "population": "wave_id stratum role | headcount source",
    "population_margins": "wave_id attribute_id group_code | headcount source",
    "weight_bounds": "wave_id | smallest_ratio largest_ratio reason",
    "findings": (
        "finding_id | theme_id kind item_ids attribute group_a group_b statement_en statement_nl"
    ),
}

MEANING_OF_NEGATIVE = {
    -1: "not_answered",
    -2: "dont_know",
    -3: "not_applicable",
    -4: "refused",
    -5: "not_asked",
}

VOCABULARY = {
    ("attributes", "kind"): {"respondent", "stratum", "weight", "group", "raw_only"},
    ("themes", "relation_side"): {"pressure", "craft", ""},
    ("items", "valence"): {"negative", "neutral", "positive", ""},
    ("items", "in_study"): {"named", "touched", "proposed"},
    ("item_versions", "comparability"): {"identical", "reworded", "rescaled", "replaced", "new"},
    ("item_versions", "is_reversed"): {"true", "false"},
    ("waves", "is_synthetic"): {"true", "false"},
    ("organisations", "kind"): {"ministry", "agency"},
    ("organisation_events", "event"): {"rename", "merge", "split", "close"},
}


def values(rows: Iterable[Row], column: str) -> set[str]:
    return {row[column] for row in rows}


def pairs(rows: Iterable[Row], first: str, second: str) -> set[tuple[str, str]]:
    return {(row[first], row[second]) for row in rows}


def repeated(keys: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return sorted(key for key, count in Counter(keys).items() if count > 1)


def in_wave(codebook: Codebook, table: str, wave_id: str) -> list[Row]:
    return [row for row in codebook.table(table) if row["wave_id"] == wave_id]


def kinds(codebook: Codebook) -> dict[str, str]:
    return {row["attribute_id"]: row["kind"] for row in codebook.table("attributes")}


def versions(codebook: Codebook, wave_id: str) -> dict[str, Row]:
    return {row["item_id"]: row for row in in_wave(codebook, "item_versions", wave_id)}


def previous_wave(codebook: Codebook, wave_id: str) -> str:
    return next(
        row["previous_wave_id"] for row in codebook.table("waves") if row["wave_id"] == wave_id
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
def test_any_survey_has_every_table_with_its_columns(codebook: Codebook) -> None:
    for name, columns in TABLES.items():
        header = (codebook.folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0]
        assert header.split(",") == columns.replace("|", "").split(), name
    assert {path.stem for path in codebook.folder.iterdir()} == set(TABLES)


@any_survey
def test_any_survey_has_one_row_per_key(codebook: Codebook) -> None:
    keys = {name: columns.split("|")[0].split() for name, columns in TABLES.items()}
    keys["organisations"] = ["organisation_code", "valid_from"]
    for name, key in keys.items():
        rows = codebook.table(name)
        assert not repeated(tuple(row[column] for column in key) for row in rows), name
    assert codebook.survey["survey_id"]


@any_survey
def test_any_survey_keeps_to_the_vocabulary(codebook: Codebook) -> None:
    for (table, column), allowed in VOCABULARY.items():
        assert values(codebook.table(table), column) <= allowed, (table, column)


@any_survey
def test_any_survey_has_labels_in_both_languages(codebook: Codebook) -> None:
    for name, columns in TABLES.items():
        for label in ("label_nl", "label_en"):
            if label in columns:
                assert all(row[label] for row in codebook.table(name)), name


@any_survey
def test_any_survey_uses_identifiers_that_can_name_a_column_or_a_table(codebook: Codebook) -> None:
    for table, column in (
        ("waves", "wave_id"),
        ("themes", "theme_name"),
        ("attributes", "attribute_id"),
        ("breakdowns", "breakdown"),
    ):
        for name in values(codebook.table(table), column):
            assert re.fullmatch(r"[a-z0-9_]+", name), (table, name)
    items = values(codebook.table("items"), "item_id")
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", item) for item in items)
    assert len({item.lower() for item in items}) == len(items), "DuckDB ignores case in names"
    # A crossed group's code joins two codes with a bar.
    assert not any("|" in code for code in values(codebook.table("groups"), "group_code"))


@any_survey
def test_any_survey_maps_every_column_once(codebook: Codebook) -> None:
    for wave_id in codebook.waves:
        items = in_wave(codebook, "item_versions", wave_id)
        sources = values(in_wave(codebook, "attribute_columns", wave_id), "source_column")
        # DuckDB ignores case in names, so two columns may not differ by case alone.
        assert not repeated(
            (name.lower(),) for name in [*(row["source_column"] for row in items), *sources]
        )
        assert not repeated((row["item_id"],) for row in items)
        assert set(codebook.columns(wave_id)) == values(items, "source_column") | sources


@any_survey
def test_any_survey_leaves_no_item_or_theme_alone(codebook: Codebook) -> None:
    items = codebook.table("items")
    assert values(items, "theme_id") == values(codebook.table("themes"), "theme_id")
    assert values(items, "item_id") == values(codebook.table("item_versions"), "item_id")


@any_survey
def test_any_survey_gives_every_code_an_answer_of_one_scale(codebook: Codebook) -> None:
    codes = codebook.table("answer_codes")
    assert pairs(codes, "scale_id", "answer") <= pairs(
        codebook.table("scales"), "scale_id", "answer"
    )
    assert not repeated((code_list,) for code_list, _ in pairs(codes, "code_list", "scale_id"))
    assert values(codes, "code_list") == values(codebook.table("item_versions"), "code_list")
    assert "" not in values(codes, "code"), "a blank cell is not answered, without a code"


@any_survey
def test_any_survey_can_deliver_every_answer_of_a_scale(codebook: Codebook) -> None:
    deliverable = pairs(codebook.table("answer_codes"), "scale_id", "answer")
    for row in codebook.table("scales"):
        assert row["answer"] == "-1" or (row["scale_id"], row["answer"]) in deliverable, row


@any_survey
def test_any_survey_has_scales_whose_sign_tells_an_answer_from_none(codebook: Codebook) -> None:
    for row in codebook.table("scales"):
        answer = int(row["answer"])
        if row["meaning"] == "answer":
            assert answer >= 0, row
            assert row["is_favourable"] in {"true", "false"}, row
        else:
            assert MEANING_OF_NEGATIVE[answer] == row["meaning"], row
            assert row["is_favourable"] == "", row
    for scale_id in values(codebook.table("scales"), "scale_id"):
        rows = [row for row in codebook.table("scales") if row["scale_id"] == scale_id]
        assert {"-1"} <= values(rows, "answer"), scale_id
        assert {"true", "false"} <= values(rows, "is_favourable"), scale_id


@any_survey
def test_any_survey_covers_every_wave_and_no_other(codebook: Codebook) -> None:
    waves = set(codebook.waves)
    for table in ("item_versions", "attribute_columns", "attribute_codes"):
        assert values(codebook.table(table), "wave_id") == waves, table
    for table in ("population", "population_margins", "weight_bounds"):
        assert values(codebook.table(table), "wave_id") <= waves, table


@any_survey
def test_any_survey_knows_the_respondent_in_every_wave(codebook: Codebook) -> None:
    for wave_id in codebook.waves:
        delivered = in_wave(codebook, "attribute_columns", wave_id)
        of_kind = Counter(kinds(codebook)[row["attribute_id"]] for row in delivered)
        assert of_kind["respondent"] == 1
        assert of_kind["stratum"] <= 1
        assert of_kind["weight"] <= 1


@any_survey
def test_any_survey_delivers_every_attribute_in_some_wave(codebook: Codebook) -> None:
    assert values(codebook.table("attribute_columns"), "attribute_id") == set(kinds(codebook))


@any_survey
def test_any_survey_has_codes_for_every_group_attribute_of_a_wave(codebook: Codebook) -> None:
    groups = pairs(codebook.table("groups"), "attribute_id", "group_code")
    used: set[tuple[str, str]] = set()
    for wave_id in codebook.waves:
        delivered = values(in_wave(codebook, "attribute_columns", wave_id), "attribute_id")
        coded = in_wave(codebook, "attribute_codes", wave_id)
        of_kind_group = {name for name in delivered if kinds(codebook)[name] == "group"}
        assert of_kind_group <= values(coded, "attribute_id") <= delivered
        used |= pairs(coded, "attribute_id", "group_code")
    assert {pair for pair in used if kinds(codebook)[pair[0]] == "group"} == groups


@any_survey
def test_any_survey_reads_a_shared_column_by_the_same_codes(codebook: Codebook) -> None:
    for wave_id in codebook.waves:
        codes = defaultdict(set)
        for row in in_wave(codebook, "attribute_codes", wave_id):
            codes[row["attribute_id"]].add(row["code"])
        attributes = defaultdict(list)
        for row in in_wave(codebook, "attribute_columns", wave_id):
            attributes[row["source_column"]].append(row["attribute_id"])
        for column, sharing in attributes.items():
            known = [codes[name] for name in sharing if name in codes]
            assert all(one == known[0] for one in known), (wave_id, column)


@any_survey
def test_any_survey_orders_themes_items_and_groups_without_a_gap(codebook: Codebook) -> None:
    for table, within in (
        ("themes", None),
        ("items", "theme_id"),
        ("groups", "attribute_id"),
        ("breakdowns", None),
        ("driver_terms", None),
    ):
        positions = defaultdict(list)
        for row in codebook.table(table):
            positions[row[within] if within else ""].append(int(row["position"]))
        for where, found in positions.items():
            assert sorted(found) == list(range(1, len(found) + 1)), (table, where)


@any_survey
def test_any_survey_follows_a_wave_upon_an_earlier_one(codebook: Codebook) -> None:
    waves = {row["wave_id"]: row for row in codebook.table("waves")}
    assert sum(not row["previous_wave_id"] for row in waves.values()) == 1
    for row in waves.values():
        start, end = (date.fromisoformat(row[f"fieldwork_{edge}"]) for edge in ("start", "end"))
        assert start <= end
        if row["previous_wave_id"]:
            assert waves[row["previous_wave_id"]]["fieldwork_end"] < row["fieldwork_start"]


@any_survey
def test_any_survey_tells_the_wave_from_a_file_name(codebook: Codebook) -> None:
    for wave in codebook.waves.values():
        assert codebook.wave_of(wave.file_pattern.replace("*", "x")) == wave


@any_survey
def test_any_survey_calls_an_item_new_or_replaced_just_when_the_last_wave_lacks_it(
    codebook: Codebook,
) -> None:
    for wave_id in codebook.waves:
        before = previous_wave(codebook, wave_id)
        earlier = versions(codebook, before)
        for item_id, version in versions(codebook, wave_id).items():
            is_first = version["comparability"] in {"new", "replaced"}
            assert is_first == (item_id not in earlier), (wave_id, item_id)
            if not before:
                assert version["comparability"] == "new", (wave_id, item_id)


@any_survey
def test_any_survey_has_words_and_scale_that_bear_out_the_comparability(codebook: Codebook) -> None:
    scale_of = dict(pairs(codebook.table("answer_codes"), "code_list", "scale_id"))
    for wave_id in codebook.waves:
        earlier = versions(codebook, previous_wave(codebook, wave_id))
        for item_id, version in versions(codebook, wave_id).items():
            comparability = version["comparability"]
            where = (wave_id, item_id, comparability)
            if comparability in {"reworded", "rescaled", "replaced"}:
                assert version["comparability_note"], where
            if item_id not in earlier:
                continue
            same_words = version["wording"] == earlier[item_id]["wording"]
            same_scale = scale_of[version["code_list"]] == scale_of[earlier[item_id]["code_list"]]
            assert same_scale == (comparability != "rescaled"), where
            if same_scale:
                assert same_words == (comparability == "identical"), where


@any_survey
def test_any_survey_breaks_down_by_groups_that_exist(codebook: Codebook) -> None:
    breakdowns = codebook.table("breakdowns")
    used = values(breakdowns, "attribute_1") | values(breakdowns, "attribute_2")
    assert used - {""} <= {name for name, kind in kinds(codebook).items() if kind == "group"}
    for row in breakdowns:
        assert (row["attribute_1"] == "") == (row["breakdown"] == "total"), row
        assert not row["attribute_2"] or row["attribute_1"] != row["attribute_2"], row
    assert "total" in values(breakdowns, "breakdown")
    cubes = {
        (row[attribute], row["cube"])
        for row in breakdowns
        for attribute in ("attribute_1", "attribute_2")
        if row[attribute]
    }
    assert not repeated((attribute,) for attribute, _ in cubes), "an attribute is counted once"


@any_survey
def test_any_survey_models_with_groups_that_exist(codebook: Codebook) -> None:
    groups = pairs(codebook.table("groups"), "attribute_id", "group_code")
    assert pairs(codebook.table("driver_terms"), "attribute_id", "reference_group") <= groups


@any_survey
def test_any_survey_gives_an_organisation_one_name_at_a_time(codebook: Codebook) -> None:
    spans = defaultdict(list)
    for row in codebook.table("organisations"):
        assert (row["parent_code"] != "") == (row["kind"] == "agency"), row
        spans[row["organisation_code"]].append(
            (row["valid_from"] or "0001-01-01", row["valid_to"] or "9999-12-31")
        )
    for code, found in spans.items():
        for (start, end), (following, _) in zip(sorted(found), sorted(found)[1:], strict=False):
            assert start <= end < following, code
    known = set(spans) | {""}
    assert values(codebook.table("organisations"), "parent_code") <= known
    for row in codebook.table("organisation_events"):
        assert {row["organisation_code"], row["successor_code"]} <= known, row
        assert (row["event"] == "rename") == (row["organisation_code"] == row["successor_code"])


@any_survey
def test_any_survey_knows_the_population_of_every_stratum(codebook: Codebook) -> None:
    roles = {row["group_code"] for row in codebook.table("groups") if row["attribute_id"] == "role"}
    for wave_id in values(codebook.table("population"), "wave_id"):
        population = in_wave(codebook, "population", wave_id)
        coded = {
            row["group_code"]
            for row in in_wave(codebook, "attribute_codes", wave_id)
            if kinds(codebook)[row["attribute_id"]] == "stratum"
        }
        # Without codes the delivered text itself is the stratum.
        assert values(population, "stratum") == coded or not coded
        for stratum in values(population, "stratum"):
            of_roles = {row["role"] for row in population if row["stratum"] == stratum}
            assert of_roles in ({""}, roles), (wave_id, stratum)
        assert all(row["headcount"].isdecimal() and int(row["headcount"]) for row in population)
        assert all(row["source"] for row in population)


@any_survey
def test_any_survey_rakes_to_groups_that_the_wave_delivers(codebook: Codebook) -> None:
    for wave_id in values(codebook.table("population_margins"), "wave_id"):
        margins = in_wave(codebook, "population_margins", wave_id)
        delivered = pairs(
            in_wave(codebook, "attribute_codes", wave_id), "attribute_id", "group_code"
        )
        assert pairs(margins, "attribute_id", "group_code") <= delivered, wave_id
        assert not in_wave(codebook, "population", wave_id), "one way of knowing the population"
        assert all(row["headcount"].isdecimal() and int(row["headcount"]) for row in margins)
        assert all(row["source"] for row in margins)


@any_survey
def test_any_survey_bounds_weights_around_their_mean(codebook: Codebook) -> None:
    for row in codebook.table("weight_bounds"):
        assert 0 <= float(row["smallest_ratio"] or 0) < 1 < float(row["largest_ratio"] or "inf"), (
            row
        )
        assert row["reason"], row


@any_survey
def test_any_survey_claims_only_what_it_can_test(codebook: Codebook) -> None:
    items = values(codebook.table("items"), "item_id")
    themes = values(codebook.table("themes"), "theme_id")
    attributes = values(codebook.table("groups"), "attribute_id") | {"total"}
    valences = values(codebook.table("items"), "valence") - {""}
    theme_of = {row["item_id"]: row["theme_id"] for row in codebook.table("items")}
    for row in codebook.table("findings"):
        item_ids = set(filter(None, row["item_ids"].split("|")))
        assert item_ids <= items, row
        assert set(row["theme_id"].split("|")) <= themes, row
        assert {theme_of[item] for item in item_ids} <= set(row["theme_id"].split("|")), row
        named = set(row["attribute"].split("|"))
        assert named <= attributes, row
        own_groups = {
            group["group_code"]
            for group in codebook.table("groups")
            if group["attribute_id"] in named
        }
        sides = set(filter(None, f"{row['group_a']}|{row['group_b']}".split("|"))) - {"rest"}
        # A claim that compares themes or kinds of items names those instead of groups.
        assert sides <= own_groups or sides <= themes or sides <= valences, row


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
