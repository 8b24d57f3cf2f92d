"""What the report's parts promise: words in both languages, numbers as each writes them, places on a scale."""

from __future__ import annotations

import csv
import re
from datetime import date
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.report.charts import Axis, colour, heat, interval, mark, pieces, sides
from orchestration.report.site import HERE, address, slug_of
from orchestration.report.wording import LANGUAGES, TEXTS, words

nl, en = (words(language) for language in LANGUAGES)
SHARES = st.lists(st.floats(0.01, 1), min_size=2, max_size=7).map(
    lambda found: [share / sum(found) for share in found]
)


def test_each_text_is_there_once_in_both_languages_with_the_same_places_for_values() -> None:
    with TEXTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["key"] for row in rows}) == len(rows)
    for row in rows:
        places = [
            sorted(name for _, name, *_ in Formatter().parse(row[language]) if name)
            for language in LANGUAGES
        ]
        assert all(row[language] for language in LANGUAGES), row["key"]
        assert places[0] == places[1], row["key"]


def test_every_text_that_a_template_asks_for_is_there() -> None:
    asked = {
        key
        for template in (HERE / "templates").glob("*.html")
        for key in re.findall(r"""\bw\(\s*["']([\w. ]+)["']""", template.read_text("utf-8"))
        if not key.endswith(".")
    }
    assert len(asked) > 100
    assert asked - nl.texts.keys() == set()


@pytest.mark.parametrize(
    ("value", "decimals", "signed", "dutch", "english"),
    [
        (3.456, 2, False, "3,46", "3.46"),
        (1234567.0, 0, False, "1.234.567", "1,234,567"),
        (0.314, 2, True, "+0,31", "+0.31"),
        (-0.314, 2, True, "−0,31", "−0.31"),
        (-0.001, 2, True, "0,00", "0.00"),
        (None, 2, False, "–", "–"),
    ],
)
def test_numbers_are_written_as_each_language_does(
    value: float | None, decimals: int, signed: bool, dutch: str, english: str
) -> None:
    assert nl.number(value, decimals, signed=signed) == dutch
    assert en.number(value, decimals, signed=signed) == english


def test_a_tiny_p_is_not_told_as_nothing() -> None:
    assert (nl.p_value(0.0), nl.p_value(0.0494)) == ("< 0,001", "0,049")


def test_days_and_lists_are_written_out() -> None:
    assert (nl.day(date(2026, 5, 1)), en.day(date(2026, 5, 1))) == ("1 mei 2026", "1 May 2026")
    assert (nl.listed(["a", "b", "c"]), en.listed(["a"])) == ("a, b en c", "a")


def test_a_label_falls_back_to_what_there_is() -> None:
    assert nl.label({"item_id": "Q1", "label_nl": None, "label_en": "Trust"}) == "Trust"
    assert en.label({"item_id": "Q1", "label_nl": "Vertrouwen", "label_en": ""}) == "Vertrouwen"
    assert nl.label({"item_id": "Q1", "label_nl": None, "label_en": None}) == "Q1"


def test_why_a_figure_is_hidden_is_told_with_its_minimum_and_new_words_as_they_are() -> None:
    reason = "fewer than 12 respondents, here or in a group that this would give away"
    assert "minder dan 12 respondenten" in nl.reason(reason)
    assert nl.reason("a reason of tomorrow") == "a reason of tomorrow"
    assert en.said("verdict", "a verdict of tomorrow") == "a verdict of tomorrow"


@given(st.lists(SHARES, min_size=1, max_size=5))
def test_bars_are_whole_and_the_middle_answer_lies_in_one_place(bars: list[list[float]]) -> None:
    bars = [bar for bar in bars if len(bar) == len(bars[0])]
    left = max(sides(bar)[0] for bar in bars)
    right = max(sides(bar)[1] for bar in bars)
    middles = []
    for bar in bars:
        drawn = pieces(bar, left, right)
        total = sum(float(piece.width.rstrip("%")) for piece in drawn)
        assert total == pytest.approx(100 / (left + right), abs=0.5)
        assert float(drawn[0].at.rstrip("%")) >= 0
        middles.append(float(drawn[len(bar) // 2].middle.rstrip("%")))
    if len(bars[0]) % 2:
        assert middles == pytest.approx([100 * left / (left + right)] * len(bars), abs=0.1)


@pytest.mark.parametrize("answers", range(2, 12))
def test_colours_go_from_the_lowest_to_the_highest_answer(answers: int) -> None:
    found = [colour(number, answers) for number in range(answers)]
    assert (found[0], found[-1]) == (-3, 3)
    assert found == sorted(found)
    assert found == [-step for step in reversed(found)]


def test_an_axis_is_cut_at_whole_answers_and_never_leaves_its_scale() -> None:
    scale = Axis(1, 5)
    assert scale.around([3.2, None, 4.6]) == Axis(3, 5)
    assert scale.around([]) == scale
    assert scale.around([0.4, 5.7]) == scale
    assert Axis(3, 5).ticks == [3, 4, 5]
    assert (Axis(3, 5).place(4), Axis(3, 5).place(9)) == ("50.0%", "100.0%")


def test_what_is_hidden_has_no_mark() -> None:
    assert mark(Axis(1, 5), None, None, None) is None
    drawn = mark(Axis(1, 5), 3, None, None)
    assert drawn is not None
    assert (drawn.at, drawn.low) == ("50.0%", None)


def test_heat_goes_with_the_part_of_the_scale_that_a_difference_is() -> None:
    differences = (None, 0.05, 0.1, -0.2, 0.4, -2.0)
    assert [heat(difference, Axis(1, 5)) for difference in differences] == [0, 0, 1, -2, 3, -3]


def test_the_interval_of_a_difference_is_that_of_scipy() -> None:
    from scipy.stats import t

    assert interval(0.5, 0.1, 20) == pytest.approx(t.interval(0.95, 20, loc=0.5, scale=0.1))
    assert interval(0.5, None, 20) is None


def test_addresses_are_of_plain_characters() -> None:
    assert slug_of("theme", "3a") == "theme-3a"
    codes = ["a b", "a-b", "a_b", "A-b", "Ä", "a_20b", "../x"]
    slugs = {slug_of("ministry", code) for code in codes}
    assert len(slugs) == len(codes)
    assert all(re.fullmatch(r"[a-z0-9_-]+", slug) for slug in slugs)
    assert (address("index", "nl"), address("index", "en")) == ("index.html", "index.en.html")
