"""What the comparison of two waves says, on the study's codebook and on a small one that was rescaled."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from orchestration.codebook import Codebook
from orchestration.new_wave.comparing import Change, Comparison, compare_waves
from orchestration.new_wave.errors import NewWaveError
from orchestration.settings import PROJECT
from tests.builders import CODEBOOK, write_survey

STUDY = Codebook(PROJECT / "seeds" / "codebook")


def changed(comparison: Comparison) -> dict[str, Change]:
    return {item.item_id: item.change for item in comparison.items if item.change != "same"}


def test_nothing_but_columns_codes_and_ministries_changed_in_2024() -> None:
    comparison = compare_waves(STUDY, "2022", "2024")
    assert Counter(item.change for item in comparison.items) == {Change.SAME: 93}
    by_name = {change.attribute_id: change for change in comparison.attributes}
    assert by_name["role"].column_before == "functie"
    assert by_name["role"].column_after == "LEIDING"
    assert by_name["role"].codes_in == ("1", "2")
    assert by_name["ministry"].groups_in == ("mnre1162", "mnre1182", "mnre1171")
    assert by_name["ministry"].groups_out == ()
    (agreement,) = (one for one in comparison.code_lists if one.before == "agreement_2022")
    assert (agreement.after, agreement.items, agreement.turned) == ("agreement_2024", 18, 0)


def test_an_item_reworded_one_replaced_and_two_new_in_2026() -> None:
    comparison = compare_waves(STUDY, "2024", "2026")
    assert changed(comparison) == {
        "G01": Change.REWORDED,
        "O12": Change.GONE,
        "O15": Change.REPLACED,
        "O16": Change.NEW,
        "D13": Change.NEW,
    }
    notes = {item.item_id: item.note for item in comparison.items}
    assert notes["G01"].startswith("Same question in plainer words")
    (agreement,) = (one for one in comparison.code_lists if one.before == "agreement_2024")
    assert agreement.turned == 10


def test_waves_that_do_not_follow_each_other_are_compared_too() -> None:
    across = compare_waves(STUDY, "2022", "2026")
    assert changed(across) == changed(compare_waves(STUDY, "2024", "2026"))
    (reworded,) = (item for item in across.items if item.change is Change.REWORDED)
    assert reworded.before is not None
    assert reworded.before.column == "v2_01"


def test_a_comparison_backwards_says_what_is_gone_the_other_way() -> None:
    backwards = changed(compare_waves(STUDY, "2026", "2024"))
    assert backwards["O12"] is Change.NEW
    assert backwards["O15"] is backwards["O16"] is backwards["D13"] is Change.GONE


def test_items_stand_in_the_order_of_themes_and_places() -> None:
    comparison = compare_waves(STUDY, "2022", "2024")
    themes = [row["theme_id"] for row in STUDY.table("themes")]
    assert list(dict.fromkeys(item.theme_id for item in comparison.items)) == themes
    assert [item.item_id for item in comparison.items][:3] == ["G01", "G02", "G03"]


def test_another_scale_is_rescaled_also_under_the_same_words(tmp_path: Path) -> None:
    scales = "".join(
        f"frequency,{answer},{meaning},{label},{label},{favourable}\n"
        for answer, meaning, label, favourable in (
            ("-1", "not_answered", "none", ""),
            ("1", "answer", "never", "false"),
            ("2", "answer", "often", "true"),
        )
    )
    survey = write_survey(
        tmp_path / "survey",
        scales=CODEBOOK["scales"].rstrip() + "\n" + scales,
        answer_codes=CODEBOOK["answer_codes"].rstrip()
        + "\nfrequency,1,frequency,1\nfrequency,2,frequency,2\n",
        item_versions=CODEBOOK["item_versions"].replace(
            "2024,v1,C1,agreement,false,Ik ken mijn vak,identical,",
            "2024,v1,C1,frequency,false,Ik ken mijn vak,rescaled,How often",
        ),
    )
    comparison = compare_waves(Codebook(survey / "codebook"), "2022", "2024")
    (item,) = (item for item in comparison.items if item.item_id == "C1")
    assert (item.change, item.note) == (Change.RESCALED, "How often")


def test_a_wave_that_is_not_there_is_named() -> None:
    with pytest.raises(NewWaveError, match="'2030'"):
        compare_waves(STUDY, "2024", "2030")
