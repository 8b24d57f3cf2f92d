"""What a report promises: everything for the sender, nothing of a respondent in its summary."""

from __future__ import annotations

import json

import pytest

from orchestration.deliveries.report import Cell, Kind, Problem, Report, Severity, ValueCount
from orchestration.deliveries.report_text import as_text

OUTSIDE = Problem(
    Kind.OUTSIDE_SCALE,
    "Answers are no code of item C1.",
    "Ask the sender.",
    column="v1",
    count=14,
    first_rows=(Cell(2, "secret"), Cell(7, None)),
    values=(ValueCount("secret", 12), ValueCount("x" * 200, 2)),
    distinct_values=5,
)
WARNING = Problem(Kind.UNREAD_SHEET, "Only the first.", "Look.", severity=Severity.WARN)


def report(*problems: Problem) -> Report:
    return Report("wave_2022.csv", "2022", "abc", 20, 8, problems)


def test_a_warning_does_not_refuse() -> None:
    assert not report().is_refused
    assert not report(WARNING).is_refused
    assert report(WARNING, OUTSIDE).is_refused


def test_the_text_says_what_where_how_often_and_what_to_do() -> None:
    text = as_text(report(OUTSIDE, WARNING))
    for part in (
        "wave_2022.csv: refused, nothing was loaded",
        "1. outside scale (refuse) · column 'v1' · count 14",
        "'secret' (12×)",
        "and 3 more",
        "first rows: 2: 'secret', 7: (blank)",
        "to do: Ask the sender.",
        "2. unread sheet (warn) · the file · count 1",
    ):
        assert part in text
    assert "x" * 100 not in text


def test_a_value_cannot_break_the_lines_of_the_text() -> None:
    hostile = Problem(Kind.UNKNOWN_COLUMN, "Unknown.", "Ask.", column="a\n9. all is well")
    assert "\n9. all is well" not in as_text(report(hostile))


@pytest.mark.parametrize(
    ("problems", "verdict"),
    [
        ((), "accepted"),
        ((WARNING,), "accepted with warnings"),
        ((WARNING, OUTSIDE), "refused, nothing was loaded"),
    ],
)
def test_the_verdict_says_what_becomes_of_the_delivery(
    problems: tuple[Problem, ...], verdict: str
) -> None:
    assert report(*problems).verdict == verdict
    assert as_text(report(*problems)).startswith(f"wave_2022.csv: {verdict}\n")


def test_how_the_file_was_read_is_stated_on_one_line() -> None:
    read = Report("x.csv", "2022", "abc", stated={"encoding": "utf-8", "sheet": "a\nb"})
    assert "\nread as: encoding utf-8; sheet a\\nb\n" in as_text(read)


def test_no_word_from_a_file_breaks_a_line_of_the_text() -> None:
    hostile = "x\r\n9. all is well \x1b[31m\u202e"
    problem = Problem(
        Kind.UNREADABLE,
        hostile,
        hostile,
        column=hostile,
        first_rows=(Cell(2, hostile),),
        values=(ValueCount(hostile, 1),),
        distinct_values=1,
    )
    text = as_text(Report(hostile, hostile, "abc", problems=(problem,), stated={hostile: hostile}))
    assert all(character.isprintable() or character == "\n" for character in text)
    assert "\n9. all is well" not in text


def test_the_json_holds_every_field() -> None:
    read = json.loads(report(OUTSIDE).as_json())
    assert read["is_refused"] is True
    assert read["sha256"] == "abc"
    assert read["problems"][0]["kind"] == "outside_scale"
    assert read["problems"][0]["first_rows"] == [[2, "secret"], [7, None]]
    assert read["problems"][0]["values"][0] == ["secret", 12]


def test_the_summary_has_no_value_of_a_respondent() -> None:
    summary = report(OUTSIDE, OUTSIDE, WARNING).summary
    assert summary == "wave_2022.csv: refused: outside scale (2), unread sheet (1)."
