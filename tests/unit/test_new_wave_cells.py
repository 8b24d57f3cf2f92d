"""A proposal opened with a spreadsheet calculates nothing, and is read as what was delivered."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestration.new_wave.cells import as_meant, as_shown
from orchestration.new_wave.draft import Draft
from orchestration.new_wave.proposal import read_proposal, write_proposal

HOSTILE = [
    "=cmd|' /c calc'!A1",
    "+1+cmd|' /c calc'!A1",
    "-2+3+cmd|' /c calc'!A1",
    "@SUM(1+1)*cmd|' /c calc'!A1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "'=1+1",
    '=HYPERLINK("http://127.0.0.1/?"&A1, "zie hier")',
    "-",
]
BEGINS = tuple("=+-@\t\r\n＝＋－＠")


@given(st.one_of(st.text(), st.text(alphabet="'=+-@\t\r\n1.,a＝")))
@example("''=x")
@example("'-1")
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert as_meant(as_shown(text)) == text


@pytest.mark.parametrize("number", ["-1", "+3", "-0,5", "1.0", "98"])
def test_a_number_stays_one(number: str) -> None:
    assert as_shown(number) == number


def test_no_cell_of_a_proposal_is_a_formula_and_every_one_is_read_as_delivered(
    tmp_path: Path,
) -> None:
    draft = Draft("2026", "2024")
    for text in HOSTILE:
        draft.add(
            "item_versions", wave_id="2026", source_column=text, wording=text, comparability="new"
        )
        draft.add("answer_codes", code_list=text, code=text)
        draft.ask("item_versions", text, text, text, text)
    write_proposal(tmp_path / "proposal", draft, "wave.csv")

    for path in (tmp_path / "proposal").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            assert not [cell for row in csv.reader(file) for cell in row if cell.startswith(BEGINS)]
    proposal = read_proposal(tmp_path / "proposal")
    assert [row["wording"] for row in proposal.tables["item_versions"]] == HOSTILE
    assert [row["source_column"] for row in proposal.tables["item_versions"]] == HOSTILE
    assert [row["code"] for row in proposal.tables["answer_codes"]] == HOSTILE
    assert [row["seen"] for row in proposal.questions] == HOSTILE
