"""What a proposal infers and what it asks, on a survey of three items.

What belongs here: one thing about a column at a time, and what a reviewed proposal needs before it is
taken over. What does not: a whole wave from a file, which `integration/test_new_wave` makes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from orchestration.codebook import Codebook
from orchestration.codebook_rules import broken_rules
from orchestration.new_wave.accepting import accept_proposal
from orchestration.new_wave.delivery import (
    Delivered,
    NewDelivery,
    read_delivery,
    read_wordings,
)
from orchestration.new_wave.draft import Draft
from orchestration.new_wave.errors import NewWaveError
from orchestration.new_wave.proposal import write_proposal
from orchestration.new_wave.proposing import propose
from tests.builders import WORDING, good_table, settings_for, write_delivery, write_survey

LABELS = {"1": "oneens", "2": "neutraal", "3": "eens", "8": "weet niet"}
TURNED = {"1": "eens", "2": "neutraal", "3": "oneens", "8": "weet niet"}


def column(
    name: str,
    text: str = "",
    labels: Mapping[str, str] | None = None,
    codes: tuple[str, ...] | None = ("1", "2", "3", "8"),
) -> Delivered:
    return Delivered(name, text, labels or {}, codes, 100, None)


ATTRIBUTES = (
    column("nr", codes=None),
    column("org", codes=("BZK", "FIN")),
    column("rol", codes=("L", "M")),
    column("gewicht", codes=None),
    column("synthetisch", codes=("ja",)),
)
ITEMS = (
    column("v1", WORDING["v1"], LABELS),
    column("v2", WORDING["v2"], TURNED),
    column("v3", WORDING["v3"], LABELS),
)


@pytest.fixture
def codebook(tmp_path: Path) -> Codebook:
    return Codebook(write_survey(tmp_path / "survey") / "codebook")


@pytest.fixture
def proposed(codebook: Codebook) -> Callable[..., Draft]:
    """The proposal for a file with these columns in place of those of the same name, and others."""

    def make(*changed: Delivered, without: tuple[str, ...] = ()) -> Draft:
        columns = {
            one.name: one for one in (*ATTRIBUTES, *ITEMS, *changed) if one.name not in without
        }
        return propose(codebook, "2026", NewDelivery("w2026.sav", 100, tuple(columns.values())))

    return make


def version(draft: Draft, name: str) -> dict[str, str]:
    (row,) = (row for row in draft.tables["item_versions"] if row["source_column"] == name)
    return row


def questions(draft: Draft) -> set[tuple[str, str]]:
    """The questions but for those that every wave has."""
    return {
        (q.column, q.question) for q in draft.questions if q.table not in {"waves", "population"}
    }


def test_a_file_like_the_last_one_leaves_nothing_to_ask(proposed: Callable[..., Draft]) -> None:
    draft = proposed()
    assert questions(draft) == set()
    assert [
        (row["item_id"], row["code_list"], row["is_reversed"], row["comparability"])
        for row in draft.tables["item_versions"]
    ] == [
        ("C1", "agreement", "false", "identical"),
        ("D1", "agreement", "true", "identical"),
        ("D2", "agreement", "false", "identical"),
    ]
    assert draft.tables["answer_codes"] == []
    assert draft.tables["population"] == [], "the wave has weights"


def test_the_same_text_is_the_same_item_whatever_its_column_spaces_and_capitals(
    proposed: Callable[..., Draft],
) -> None:
    draft = proposed(column("q9", "  IK KEN   mijn vak ", LABELS), without=("v1",))
    row = version(draft, "q9")
    assert (row["item_id"], row["comparability"]) == ("C1", "identical")
    assert row["wording"] == WORDING["v1"], "the codebook's words stay"
    assert questions(draft) == set()


def test_columns_that_swapped_places_keep_their_items(proposed: Callable[..., Draft]) -> None:
    draft = proposed(column("v1", WORDING["v3"], LABELS), column("v3", WORDING["v1"], LABELS))
    assert (version(draft, "v1")["item_id"], version(draft, "v3")["item_id"]) == ("D2", "C1")


def test_a_reused_column_with_another_text_is_a_question_and_never_a_guess(
    proposed: Callable[..., Draft],
) -> None:
    draft = proposed(column("v1", "Op vrijdag werk ik thuis", LABELS))
    row = version(draft, "v1")
    assert (row["item_id"], row["comparability"]) == ("", "")
    assert questions(draft) == {
        ("v1", "The column was another question before: which item is this?"),
        ("", "Are these items no longer asked: C1?"),
    }


def test_one_text_in_two_columns_decides_nothing(proposed: Callable[..., Draft]) -> None:
    draft = proposed(column("v1b", WORDING["v1"], LABELS))
    assert {version(draft, name)["item_id"] for name in ("v1", "v1b")} == {""}
    asked = {column for column, question in questions(draft) if question.startswith("Which item")}
    assert asked == {"v1", "v1b"}


def test_an_item_of_an_earlier_wave_comes_back_as_itself(tmp_path: Path) -> None:
    from tests.builders import CODEBOOK

    without = CODEBOOK["item_versions"].replace(
        "2024,v1,C1,agreement,false,Ik ken mijn vak,identical,\n", "\n"
    )
    survey = write_survey(tmp_path / "gap", item_versions=without.replace("\n        \n", "\n"))
    draft = propose(
        Codebook(survey / "codebook"), "2026", NewDelivery("w2026.sav", 9, (*ATTRIBUTES, *ITEMS))
    )
    row = version(draft, "v1")
    assert (row["item_id"], row["comparability"]) == ("C1", "new")
    assert row["comparability_note"] == "Asked in wave 2022, not in 2024"


def test_labels_that_run_down_are_noticed(proposed: Callable[..., Draft]) -> None:
    draft = proposed(replace(ITEMS[0], value_labels=TURNED))
    row = version(draft, "v1")
    assert (row["code_list"], row["is_reversed"]) == ("agreement", "true")
    question = "Do the codes of these columns run the other way than in the wave before?"
    assert questions(draft) == {("v1", question)}


def test_other_codes_with_known_labels_make_a_list_of_their_own(
    proposed: Callable[..., Draft],
) -> None:
    labels = {"A": "disagree", "B": "neutral", "C": "agree"}
    draft = proposed(column("v1", WORDING["v1"], labels, ("A", "B", "C")))
    assert version(draft, "v1")["code_list"] == "agreement_2026"
    assert draft.tables["answer_codes"] == [
        {"code_list": "agreement_2026", "code": code, "scale_id": "agreement", "answer": answer}
        for code, answer in (("A", "1"), ("B", "2"), ("C", "3"))
    ]
    assert questions(draft) == set()


def test_a_code_that_no_label_explains_is_a_question(proposed: Callable[..., Draft]) -> None:
    draft = proposed(column("v1", WORDING["v1"], LABELS, ("1", "2", "3", "4", "8")))
    codes = {row["code"]: row["answer"] for row in draft.tables["answer_codes"]}
    assert codes == {"1": "1", "2": "2", "3": "3", "8": "-2", "4": ""}
    question = "Which answers do the codes of the new list agreement_2026 mean?"
    assert questions(draft) == {("v1", question)}


def test_a_file_without_texts_and_labels_is_two_questions_and_not_one_for_each_item(
    proposed: Callable[..., Draft],
) -> None:
    draft = proposed(*(column(name) for name in WORDING))
    assert [row["item_id"] for row in draft.tables["item_versions"]] == ["C1", "D1", "D2"]
    assert [row["is_reversed"] for row in draft.tables["item_versions"]] == [
        "false",
        "true",
        "false",
    ]
    assert questions(draft) == {
        ("v1, v2, v3", "Do these columns ask what the columns of these names asked before?"),
        ("v1, v2, v3", "Do the codes of these columns mean what they meant in the wave before?"),
    }


def test_an_unknown_group_code_is_a_question_with_a_blank_row(
    proposed: Callable[..., Draft],
) -> None:
    draft = proposed(column("rol", codes=("L", "M", "S")))
    rows = {
        r["code"]: r["group_code"]
        for r in draft.tables["attribute_codes"]
        if r["attribute_id"] == "role"
    }
    assert rows == {"L": "LG", "M": "MW", "S": ""}
    assert questions(draft) == {("rol", "role: Which groups do these codes mean?")}


def test_a_group_code_that_bears_the_label_of_another_group_is_a_question(
    proposed: Callable[..., Draft],
) -> None:
    draft = proposed(column("rol", "", {"L": "Medewerker", "M": "Leidinggevende"}, ("L", "M")))
    rows = {
        r["code"]: r["group_code"]
        for r in draft.tables["attribute_codes"]
        if r["attribute_id"] == "role"
    }
    assert rows == {"L": "", "M": ""}
    ((column_name, question),) = questions(draft)
    assert column_name == "rol"
    assert "used them for others" in question


def test_columns_that_share_a_column_get_the_same_codes(proposed: Callable[..., Draft]) -> None:
    draft = proposed(column("org", codes=("BZK", "NEW")))
    codes = {
        name: {r["code"] for r in draft.tables["attribute_codes"] if r["attribute_id"] == name}
        for name in ("stratum", "organisation")
    }
    assert codes["stratum"] == codes["organisation"] == {"BZK", "NEW"}


def test_an_unknown_column_with_personal_data_is_named_and_its_values_are_not(
    tmp_path: Path,
) -> None:
    settings = settings_for(tmp_path)
    table = good_table() | {"contact": [f"r{n}@example.nl" for n in range(12)]}
    path = write_delivery(tmp_path / "w2026.csv", table)
    draft = propose(Codebook(settings.codebook), "2026", read_delivery(path, settings))
    (asked,) = (q for q in draft.questions if q.column == "contact")
    assert "e-mail addresses" in asked.seen
    assert "@example.nl" not in asked.seen


def test_columns_of_unknown_names_without_a_text_are_asked_by_their_values(
    proposed: Callable[..., Draft],
) -> None:
    unknown = [column(name, codes=("x", "y")) for name in ("a", "b")]
    draft = proposed(*unknown, column("c", codes=None), without=tuple(WORDING))
    assert draft.tables["item_versions"] == []
    assert questions(draft) == {
        ("a, b", "What are these columns?"),
        ("c", "What is this column?"),
        ("", "Are these items no longer asked: C1, D1, D2?"),
    }


@pytest.mark.parametrize("name", ["v1", "rol"])
def test_what_people_wrote_is_no_code_and_is_not_repeated(
    proposed: Callable[..., Draft], tmp_path: Path, name: str
) -> None:
    written = tuple(f"mijn mening {n}" for n in range(90))
    draft = proposed(column(name, codes=written))
    write_proposal(tmp_path / "proposal", draft, "w2026.csv")
    assert "mening" not in "".join(contents(tmp_path / "proposal").values())
    assert any(name in asked and "codes" in question for asked, question in questions(draft))


def test_a_questionnaire_gives_a_csv_its_texts(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    path = write_delivery(tmp_path / "w2026.csv", good_table())
    given = tmp_path / "questionnaire.csv"
    given.write_text(
        "column,text\nv1,Ik ken mijn vak\nv2,Iets heel anders vandaag\n", encoding="utf-8"
    )
    delivery = read_delivery(path, settings, read_wordings(given))
    draft = propose(Codebook(settings.codebook), "2026", delivery)
    assert version(draft, "v1")["comparability"] == "identical"
    assert version(draft, "v2")["item_id"] == ""
    assert (
        "v3",
        "Do these columns ask what the columns of these names asked before?",
    ) in questions(draft)


def test_a_manifest_says_how_the_file_is_read(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    path = write_delivery(tmp_path / "box" / "w2026.csv", good_table())
    manifest = "wave: '2026'\nfiles:\n- name: w2026.csv\nencoding: windows-1252\n"
    (path.parent / "delivery.yml").write_text(manifest, encoding="utf-8")
    path.write_text("nr,één\nr1,2\n", encoding="utf-8")
    for given in (path, path.parent):
        delivery = read_delivery(given, settings)
        assert delivery.file_name == "w2026.csv"
        assert [column.name for column in delivery.columns] == ["nr", "Ã©Ã©n"]


def test_a_questionnaire_for_other_columns_is_refused(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    path = write_delivery(tmp_path / "w2026.csv", good_table())
    with pytest.raises(NewWaveError, match="'v9'"):
        read_delivery(path, settings, {"v9": "Iets"})


def test_a_damaged_file_gives_no_proposal(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    path = tmp_path / "w2026.sav"
    path.write_bytes(b"$FL2 nothing more")
    with pytest.raises(NewWaveError, match="vakwerk check"):
        read_delivery(path, settings)


@pytest.mark.parametrize(
    ("wave_id", "previous", "message"),
    [("2024", None, "already"), ("2026", "2020", "2020"), ("../x", None, "names tables")],
)
def test_a_wave_that_is_there_or_follows_none_is_refused(
    codebook: Codebook, wave_id: str, previous: str | None, message: str
) -> None:
    with pytest.raises(NewWaveError, match=message):
        propose(codebook, wave_id, NewDelivery("x.sav", 1, ITEMS), previous)


@pytest.fixture
def reviewed(codebook: Codebook, proposed: Callable[..., Draft], tmp_path: Path) -> Path:
    """A proposal that is ready to be taken over."""
    draft = proposed()
    draft.tables["waves"][0] |= {
        "fieldwork_start": "2026-05-01",
        "fieldwork_end": "2026-06-30",
        "is_synthetic": "true",
        "source": "tests",
    }
    draft.questions = [question._replace(answer="decided") for question in draft.questions]
    folder = tmp_path / "proposal"
    write_proposal(folder, draft, "w2026.sav")
    assert broken_rules(codebook) == []
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_accepted_rows_stand_at_the_end_and_nothing_else_changes(
    codebook: Codebook, reviewed: Path
) -> None:
    before = contents(codebook.folder)
    added = accept_proposal(reviewed, codebook.folder, "2026")
    after = contents(codebook.folder)
    assert added == {"attribute_codes": 6, "attribute_columns": 6, "item_versions": 3, "waves": 1}
    for name, text in before.items():
        assert after[name].startswith(text), name
        assert len(after[name].splitlines()) == len(text.splitlines()) + added.get(name[:-4], 0)
    assert broken_rules(Codebook(codebook.folder)) == []


@pytest.mark.parametrize(
    ("table", "old", "new", "message"),
    [
        ("questions", "decided", "", "question 1 has no answer"),
        ("waves", "2026-05-01", "", "fieldwork_start has to be a date"),
        ("item_versions", "C1", "", "item_id is blank"),
        ("item_versions", "C1", "C7", "'C7' is not in items.csv"),
        ("item_versions", "2026,v1", "2024,v9", "another wave"),
        ("waves", "wave_id,label_nl", "label_nl,wave_id", "header"),
    ],
)
def test_a_proposal_that_is_not_ready_changes_nothing(
    codebook: Codebook, reviewed: Path, table: str, old: str, new: str, message: str
) -> None:
    path = reviewed / f"{table}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    before = contents(codebook.folder)
    with pytest.raises(NewWaveError, match=message):
        accept_proposal(reviewed, codebook.folder, "2026")
    assert contents(codebook.folder) == before
    assert [path.name for path in codebook.folder.parent.iterdir()] == ["codebook"]


def test_where_a_table_cannot_be_replaced_those_before_it_are_put_back(
    codebook: Codebook, reviewed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(codebook.folder)
    move = Path.replace

    def full_disk(self: Path, target: Path) -> Path:
        if target.name == "waves.csv":
            raise OSError(28, "No space left on device")
        return move(self, target)

    monkeypatch.setattr(Path, "replace", full_disk)
    with pytest.raises(NewWaveError, match="No space left"):
        accept_proposal(reviewed, codebook.folder, "2026")
    assert contents(codebook.folder) == before


def test_a_killed_accept_is_completed_by_the_next(
    codebook: Codebook, reviewed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = Path.replace

    def killed(self: Path, target: Path) -> Path:
        if target.name == "waves.csv":
            raise KeyboardInterrupt
        return move(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            accept_proposal(reviewed, codebook.folder, "2026")
    accept_proposal(reviewed, codebook.folder, "2026")
    assert broken_rules(Codebook(codebook.folder)) == []
