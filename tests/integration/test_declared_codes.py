"""What the door promises of codes that a labelled file speaks of: missing ones, and turned labels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas
import pyreadstat
import pytest

from orchestration.deliveries.door import inspect
from orchestration.deliveries.report import Kind, Problem
from orchestration.settings import Settings
from tests.builders import ITEMS, ROLE, STRATUM, WEIGHT, good_table, settings_for

# By column, the label of each code.
Labels = Mapping[str, dict[Any, str]]
AGREEMENT = {1.0: "oneens", 2.0: "neutraal", 3.0: "eens", 8.0: "weet niet"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path)


def write_sav(
    path: Path,
    labels: Labels,
    missing: Mapping[str, list[Any]] | None = None,
    **columns: list[str | None],
) -> Path:
    """A good delivery in SPSS's format but for these columns, labels and missing codes."""
    table = good_table() | columns
    frame = pandas.DataFrame(
        {
            name: [float(value) if value else None for value in values]
            if name in (WEIGHT, *ITEMS)
            else values
            for name, values in table.items()
        }
    )
    pyreadstat.write_sav(
        frame, path, variable_value_labels=dict(labels), missing_ranges=dict(missing or {})
    )
    return path


def found(path: Path, settings: Settings) -> dict[str | None, Problem]:
    problems = inspect(path, settings).problems
    assert len({problem.column for problem in problems}) == len(problems)
    return {problem.column: problem for problem in problems}


def test_a_code_that_the_file_declares_missing_is_refused_and_told_as_such(
    settings: Settings, tmp_path: Path
) -> None:
    path = write_sav(
        tmp_path / "wave_2022.sav",
        {"v1": {9.0: "Wil niet zeggen"}},
        {"v1": [9.0]},
        v1=["9", "9", "7", *["1"] * 9],
    )
    problem = found(path, settings)["v1"]
    assert (problem.kind, problem.count) == (Kind.OUTSIDE_SCALE, 3)
    assert problem.message == (
        "Answers are no code of item C1: the codebook knows 1, 2, 3, 8. "
        "The value '9': the file calls it 'Wil niet zeggen' and declares it missing."
    )
    assert problem.remedy.endswith(
        "A value that the file declares missing needs a row in answer_codes.csv that says why it is "
        "missing (don't know, not applicable, …)."
    )


def test_a_code_that_the_file_only_labels_is_told_with_its_label(
    settings: Settings, tmp_path: Path
) -> None:
    path = write_sav(tmp_path / "wave_2022.sav", {"v1": {4.0: "helemaal eens"}}, v1=["4"] * 12)
    problem = found(path, settings)["v1"]
    assert problem.message.endswith("The value '4': the file calls it 'helemaal eens'.")
    assert "declares missing" not in problem.remedy


def test_labels_of_a_scale_that_was_turned_round_are_refused(
    settings: Settings, tmp_path: Path
) -> None:
    turned = {1.0: "Eens", 2.0: "neutraal", 3.0: " ONEENS", 8.0: "weet niet"}
    path = write_sav(tmp_path / "wave_2022.sav", {"v1": turned, "v2": AGREEMENT})
    problems = found(path, settings)
    assert list(problems) == ["v1"]
    assert (problems["v1"].kind, problems["v1"].count) == (Kind.OTHER_LABEL, 2)
    assert problems["v1"].message == (
        "The file calls '1' 'Eens', which the codebook calls '3'; "
        "'3' ' ONEENS', which the codebook calls '1'."
    )


def test_labels_of_groups_that_were_exchanged_are_refused(
    settings: Settings, tmp_path: Path
) -> None:
    labels = {
        ROLE: {"L": "Employee", "M": "Manager"},
        STRATUM: {"BZK": "BZK", "FIN": "Financiën"},
    }
    problems = found(write_sav(tmp_path / "wave_2022.sav", labels), settings)
    assert {column: problem.kind for column, problem in problems.items()} == {
        ROLE: Kind.OTHER_LABEL
    }


@pytest.mark.parametrize(
    "labels",
    [
        {1.0: "disagree", 2.0: "neutral", 3.0: "agree", 8.0: "don't know"},
        {1.0: "Helemaal niet", 3.0: "Helemaal wel"},
        {1.0: "1", 2.0: "2", 3.0: "3"},
        {1.0: "oneens", 5.0: "eens"},
        {},
    ],
    ids=["the other language", "other words", "no words", "of a code that it has not", "none"],
)
def test_labels_that_are_only_worded_otherwise_are_no_fault(
    labels: dict[Any, str], settings: Settings, tmp_path: Path
) -> None:
    assert found(write_sav(tmp_path / "wave_2022.sav", {"v1": labels}), settings) == {}
