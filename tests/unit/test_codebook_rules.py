"""That every rule of the codebook notices what breaks it, and says in which file.

What belongs here: a small survey with one fault, one rule a row. What does not: the surveys that
ship, which keep every rule (`test_codebook`).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.codebook import Codebook
from orchestration.codebook_rules import RULES, broken_rules
from tests.builders import CODEBOOK, write_survey

# The rule, the table, what is replaced there, by what. A blank is replaced at the table's end.
FAULTS = [
    ("tables_have_their_columns", "themes", "theme_name", "name"),
    ("values_have_their_form", "waves", "2024-05-01", "1 May 2024"),
    ("values_have_their_form", "themes", "1,craft,Vak,Craft,1", "1,craft,Vak,Craft"),
    ("cells_are_filled", "items", "Vakkennis,", ","),
    ("cells_are_filled", "item_versions", "2024,v1,C1", "2024,v1,"),
    ("keys_are_unique", "answer_codes", "8,agreement", "3,agreement"),
    ("words_are_known", "waves", "100,true,*2024*", "100,yes,*2024*"),
    ("identifiers_can_name_columns", "themes", "craft", "the craft"),
    ("identifiers_can_name_columns", "items", "D2,2", "c1,2"),
    ("positions_have_no_gap", "themes", "Dissent,2", "Dissent,3"),
    ("waves_are_covered", "item_versions", "2024,", "2023,"),
    ("waves_are_covered", "population", "2024,", "2023,"),
    ("waves_follow_an_earlier_one", "waves", "2024-06-30,2022", "2024-06-30,"),
    ("waves_follow_an_earlier_one", "waves", "2024-05-01,2024-06-30", "2022-06-30,2024-06-30"),
    ("file_names_tell_the_wave", "waves", "*2024*", "*20*"),
    ("columns_are_mapped_once", "item_versions", "2024,v1", "2024,V2"),
    ("columns_are_mapped_once", "item_versions", "2024,v1", "2024,rol"),
    ("no_item_or_theme_is_alone", "items", "", "C9,1,Meer,More,,named,tests,2"),
    ("codes_have_an_answer_of_one_scale", "answer_codes", "agreement,3,agreement,3", "agreement,3,agreement,4"),
    ("codes_have_an_answer_of_one_scale", "item_versions", "2024,v1,C1,agreement", "2024,v1,C1,other"),
    ("answers_can_be_delivered", "answer_codes", "agreement,8,agreement,-2", "agreement,8,agreement,1"),
    ("signs_tell_answers_from_none", "scales", "-2,dont_know", "-2,refused"),
    ("new_items_were_not_asked_before", "item_versions", "vak,identical", "vak,new"),
    ("words_and_scale_bear_out_the_comparability", "item_versions", "Ik ken mijn vak,identical", "Ik ken het vak,identical"),
    ("words_and_scale_bear_out_the_comparability", "item_versions", "Ik ken mijn vak,identical,", "Ik ken het vak,reworded,"),
    ("respondents_are_known", "attribute_columns", "2024,respondent_id,nr", ""),
    ("attributes_are_delivered", "attributes", "", "age,group,Leeftijd,Age"),
    ("group_attributes_have_codes", "attribute_codes", "2024,role,L,LG", "2024,role,L,XX"),
    ("shared_columns_are_read_by_the_same_codes", "attribute_codes", "2024,stratum,FIN", "2024,stratum,Fin"),
    ("organisations_have_one_name_at_a_time", "organisation_events", "", "2023-01-01,merge,xx,bzk,"),
    ("population_has_every_stratum", "population", "2024,fin,,600,tests", ""),
    ("population_has_every_stratum", "population", "2024,fin,,600", "2024,fin,,0"),
    ("margins_are_of_groups_that_the_wave_delivers", "population_margins", "", "2024,role,XX,5,tests"),
    ("bounds_lie_around_the_mean_weight", "weight_bounds", "", "2024,1.5,3,tests"),
    ("breakdowns_are_by_groups", "breakdowns", "role,role,", "role,weight,"),
    ("impossible_combinations_exist", "impossible_combinations", "", "R1,role,,XX,tests\nR1,role,,LG,tests"),
    ("further_figures_are_of_a_check", "quality_thresholds", "", "nothing.figure,1,,tests"),
    ("claims_can_be_tested", "findings", "", "F1,1,consensus,X9,role,,,One,Een"),
    ("driver_terms_are_groups", "driver_terms", "", "role,1,XX"),
]  # fmt: skip


@pytest.fixture
def survey(tmp_path: Path) -> Callable[..., Codebook]:
    """The tiny survey, with one table's text changed if asked."""

    def write(table: str = "", old: str = "", new: str = "") -> Codebook:
        tables = {}
        if table:
            text = CODEBOOK[table]
            assert old in text, "the fault touches nothing"
            tables[table] = text.replace(old, new, 1) if old else f"{text.rstrip()}\n{new}"
        return Codebook(write_survey(tmp_path / "survey", **tables) / "codebook")

    return write


def test_a_sound_codebook_breaks_no_rule(survey: Callable[..., Codebook]) -> None:
    assert broken_rules(survey()) == []


@pytest.mark.parametrize(("rule", "table", "old", "new"), FAULTS)
def test_a_rule_notices_what_breaks_it_and_names_the_file(
    survey: Callable[..., Codebook], rule: str, table: str, old: str, new: str
) -> None:
    codebook = survey(table, old, new)
    (check,) = (one for one in RULES if one.__name__ == rule)
    sentences = list(check(codebook))
    assert any(f"{table}.csv" in sentence for sentence in sentences), sentences
    assert set(broken_rules(codebook)) & set(sentences)


def test_every_rule_has_been_seen_to_notice_something() -> None:
    assert {rule for rule, *_ in FAULTS} == {rule.__name__ for rule in RULES}


def test_a_stray_file_in_the_codebook_is_named(survey: Callable[..., Codebook]) -> None:
    codebook = survey()
    (codebook.folder / "notes.csv").write_text("a\n")
    assert any("notes.csv" in sentence for sentence in broken_rules(codebook))
