"""Each check of plausibility finds just the respondents, items or units that pandas finds.

What belongs here: a delivery that is plausible, one way or more of spoiling it for each check, and
whom that spoils by a computation of the test's own. What does not: how a suite is run.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from expectations import plausibility
from expectations.declarations import Answers, Scope
from expectations.results import CheckResult
from expectations.running import run_checks
from orchestration.codebook import Codebook
from tests.builders import write_survey

ITEMS = [f"a{n}" for n in range(1, 7)] + ["b1", "b2"]
THEME = ITEMS[:6]
BACKGROUND = ["org", "rol"]
CODES = ["1", "2", "3", "8"]
ANSWERS = ["1", "2", "3"]
RESPONDENTS = 400
FEWEST = 4
REVERSED = "a6"

SURVEY = {
    "items": """
        item_id,theme_id,label_nl,label_en,valence,in_study,basis,position
        A1,1,,,,named,tests,1
        A2,1,,,,named,tests,2
        A3,1,,,,named,tests,3
        A4,1,,,,named,tests,4
        A5,1,,,,named,tests,5
        A6,1,,,,named,tests,6
        B1,2,,,,named,tests,1
        B2,2,,,,named,tests,2
    """,
    "item_versions": "\n".join(
        [
            "wave_id,source_column,item_id,code_list,is_reversed,wording,comparability,comparability_note",
            *(f"2022,{item},{item.upper()},agreement,false,{item},new," for item in ITEMS),
            *(
                f"2024,{item},{item.upper()},agreement,{str(item == REVERSED).lower()},{item},"
                f"{ {'a5': 'reworded', 'b2': 'rescaled'}.get(item, 'identical') },"
                for item in ITEMS
            ),
        ]
    ),
    "attributes": """
        attribute_id,kind,label_nl,label_en
        respondent_id,respondent,,
        stratum,stratum,,
        organisation,group,,
        role,group,,
        started,started_at,,
        finished,finished_at,,
        seconds,duration,,
    """,
    "attribute_columns": """
        wave_id,attribute_id,source_column
        2022,respondent_id,nr
        2022,stratum,org
        2022,organisation,org
        2022,role,rol
        2022,started,begin
        2022,finished,eind
        2024,respondent_id,nr
        2024,stratum,org
        2024,organisation,org
        2024,role,rol
        2024,seconds,duur
    """,
    "population": """
        wave_id,stratum,role,headcount,source
        2022,bzk,LG,100,tests
        2022,bzk,MW,200,tests
        2022,fin,LG,150,tests
        2022,fin,MW,150,tests
        2024,bzk,,300,tests
        2024,fin,,300,tests
    """,
    "impossible_combinations": """
        rule_id,attribute_id,item_id,any_of,reason
        sure_manager,role,,LG,tests
        sure_manager,,A1,3,tests
        torn,,A6,1,tests
        torn,,A1,1|2,tests
        torn,organisation,,bzk,tests
    """,
    "quality_thresholds": f"""
        check_name,threshold,severity,reason
        items_answered,1,warn,tests
        item_nonresponse,0.25,warn,tests
        item_drift,0.2,warn,tests
        item_drift.fewest_answers,100,,tests
        answers_doubled,{FEWEST},warn,tests
        straight_lining,0.05,warn,tests
        straight_lining.fewest_items,{FEWEST},,tests
        impossible_combinations,0,warn,tests
        times_readable,,warn,tests
        answered_in_fieldwork,0,warn,tests
        speeders,0.05,warn,tests
        speeders.seconds_per_item,2,,tests
        response_within_headcount,1,block,tests
        response_large_enough,0.1,warn,tests
    """,
}


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Codebook:
    return Codebook(write_survey(tmp_path_factory.mktemp("plausible"), **SURVEY) / "codebook")


@pytest.fixture(scope="module")
def good() -> pd.DataFrame:
    """Four hundred respondents of whom nothing odd can be said."""
    draw = np.random.default_rng(20260511)
    frame = pd.DataFrame({"nr": [f"r{n}" for n in range(RESPONDENTS)]})
    frame["org"] = ["BZK", "FIN"] * (RESPONDENTS // 2)
    frame["rol"] = ["L", "M", "M", "L", "M", None, "M", "M"] * (RESPONDENTS // 8)
    for item in ITEMS:
        frame[item] = draw.choice([*CODES, ""], RESPONDENTS, p=[0.3, 0.3, 0.2, 0.1, 0.1])
    frame = frame.astype(object).where(frame.fillna("").astype(bool), None)
    # Nobody is a manager who is sure, nobody is torn, nobody has a double.
    frame.loc[frame["a1"] == "3", "rol"] = "M"
    frame.loc[frame["a6"].isin(["1", "3"]), "a1"] = "8"
    frame = frame[~frame[ITEMS + BACKGROUND].fillna("").duplicated(keep=False)].reset_index(
        drop=True
    )
    frame["begin"] = "2022-05-20T09:30:00"
    frame["eind"] = "2022-05-20T09:40:00"
    frame["duur"] = "600"
    return frame


def run(
    frame: pd.DataFrame,
    survey: Codebook,
    folder: Path,
    wave: str = "2022",
    before: Callable[[], Answers] = dict,
    only: str | None = None,
) -> dict[str, CheckResult]:
    columns = [name for name in frame if name in survey.columns(wave)]
    database = folder / "delivery.duckdb"
    database.unlink(missing_ok=True)
    with duckdb.connect(database) as connection:
        shown = frame[columns].astype("string")  # noqa: F841, a name that the query reads
        connection.execute("create table delivered as from shown")
    checks = [check for check in plausibility.CHECKS if only in (None, check.name)]
    results = run_checks("delivery", checks, database, Scope(survey, (wave,), before))
    return {result.name: result for result in results}


def scores(frame: pd.DataFrame, wave: str) -> dict[str, dict[int, int]]:
    """How often each score was given, by hand: of the turned item 1 is 3 and 3 is 1."""
    counts = {}
    for item in ITEMS:
        turned = wave == "2024" and item == REVERSED
        meaning = {"1": 3, "2": 2, "3": 1} if turned else {"1": 1, "2": 2, "3": 3}
        counts[item.upper()] = frame[item].map(meaning).dropna().astype(int).value_counts()
    return {item: {int(str(s)): int(n) for s, n in found.items()} for item, found in counts.items()}


@pytest.mark.parametrize("wave", ["2022", "2024"])
def test_every_check_passes_on_a_plausible_delivery(
    wave: str, good: pd.DataFrame, survey: Codebook, tmp_path: Path
) -> None:
    results = run(good, survey, tmp_path, wave, lambda: scores(good, wave))
    assert {name: (r.failing_rows, r.error) for name, r in results.items()} == {
        check.name: (0, None) for check in plausibility.CHECKS
    }
    asked = {name for name, result in results.items() if result.expected}
    left_out = {"answered_in_fieldwork"} if wave == "2024" else {"item_drift"}
    assert asked == {check.name for check in plausibility.CHECKS} - left_out


# Whom each check is about, by pandas: the rows of the file that it must count.


def doubled(frame: pd.DataFrame) -> pd.Series:
    same = frame[ITEMS + BACKGROUND].fillna("").duplicated(keep=False)
    return same & (frame[ITEMS].fillna("").astype(bool).sum(axis=1) >= FEWEST)


def lining(frame: pd.DataFrame) -> pd.Series:
    def one_answer(row: pd.Series) -> bool:
        filled = [value for value in row if value]
        return len(filled) >= FEWEST and len(set(filled)) == 1 and filled[0] in ANSWERS

    return frame[THEME].apply(one_answer, axis=1)


def impossible(frame: pd.DataFrame, turned: bool) -> pd.Series:
    torn = frame["a6"].eq("3" if turned else "1") & frame["a1"].isin(["1", "2"])
    return (frame["rol"].eq("L") & frame["a1"].eq("3")) | (torn & frame["org"].eq("BZK"))


def fast(frame: pd.DataFrame, seconds: pd.Series) -> pd.Series:
    return seconds < 2 * frame[ITEMS].fillna("").astype(bool).sum(axis=1)


@dataclass
class Spoilt:
    """What is done to the good delivery, and which rows then break which check in which wave."""

    check: str
    spoil: Callable[[pd.DataFrame], object]
    broken: Callable[[pd.DataFrame], pd.Series]
    at_least: int
    wave: str = "2022"


def copies(frame: pd.DataFrame) -> None:
    """Some respondents come again under another id, one of them with a blank for nothing."""
    frame.loc[40:49, ITEMS + BACKGROUND] = frame.loc[0:9, ITEMS + BACKGROUND].to_numpy()
    frame.loc[50:51, ITEMS] = None  # Alike as well, but they answered nothing.
    frame.loc[50:51, BACKGROUND] = ["BZK", "L"]
    frame.loc[[45]] = frame.loc[[45]].fillna("")


def ticks(frame: pd.DataFrame) -> None:
    frame.loc[10:40, THEME] = "2"
    frame.loc[20:30, "a2"] = None
    frame.loc[41:60, THEME] = "8"  # No opinion is none to draw a line of.
    frame.loc[61:70, ["a1", "a2", "a3"]] = None
    frame.loc[61:70, ["a4", "a5", "a6"]] = "1"


def torn(frame: pd.DataFrame) -> None:
    frame.loc[0:3, ["a1", "rol"]] = ["3", "L"]
    frame.loc[4:9, ["a1", "a6"]] = ["2", "1"]
    frame.loc[10:14, ["a1", "a6"]] = ["1", "3"]


def odd_times(frame: pd.DataFrame) -> None:
    frame.loc[0:2, "begin"] = ["20-05-2022", "soon", "2022-13-01"]
    frame.loc[2:3, "eind"] = ["?", "2022-05-20T09:29:59"]
    frame.loc[4:5, "begin"] = ["", None]
    forms = ["20220520T093000", "2022-W20-5", "2022-140", "2022-05-20 09:30:00.5+02:00"]
    frame.loc[6:9, "begin"] = forms


def odd_dates(frame: pd.DataFrame) -> None:
    frame.loc[0:3, "begin"] = ["2022-04-30T23:59:59", "20220430", "2022-05-01", "2022-W17-6"]
    frame.loc[4:6, "eind"] = ["2022-07-01", "2022-06-30T23:59:59-05:00", "2022-06-30T23:59Z"]


def hurry(frame: pd.DataFrame) -> None:
    frame.loc[0:29, "eind"] = "2022-05-20T09:30:07"
    frame.loc[30:39, "eind"] = "2022-05-20T09:30:16"
    frame.loc[30:34, "b1"] = "1"


def hurry_in_seconds(frame: pd.DataFrame) -> None:
    frame.loc[0:29, "duur"] = "7.5"
    frame.loc[30:39, "duur"] = None
    frame.loc[40, "duur"] = "-5"


def times(frame: pd.DataFrame) -> pd.Series:
    """Seconds, by pandas."""
    return (pd.to_datetime(frame["eind"]) - pd.to_datetime(frame["begin"])).dt.total_seconds()


def rows(*places: int) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda frame: pd.Series(frame.index.isin(places), index=frame.index)


SPOILT = [
    Spoilt("answers_doubled", copies, doubled, 20),
    Spoilt("straight_lining", ticks, lining, 31),
    Spoilt("impossible_combinations", torn, lambda frame: impossible(frame, False), 7),
    Spoilt("impossible_combinations", torn, lambda frame: impossible(frame, True), 6, "2024"),
    Spoilt("times_readable", odd_times, rows(0, 1, 2, 3), 4),
    Spoilt("times_readable", hurry_in_seconds, rows(40), 1, "2024"),
    Spoilt("answered_in_fieldwork", odd_dates, rows(0, 1, 3, 4), 4),
    Spoilt("speeders", hurry, lambda frame: fast(frame, times(frame)), 20),
    Spoilt(
        "speeders",
        hurry_in_seconds,
        lambda frame: fast(frame, frame["duur"].astype(float).where(lambda s: s >= 0)),
        20,
        "2024",
    ),
]


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=f"{case.check}-{case.wave}") for case in SPOILT]
)
def test_a_check_counts_just_the_respondents_that_break_it_and_names_their_rows(
    case: Spoilt, good: pd.DataFrame, survey: Codebook, tmp_path: Path
) -> None:
    frame = good.copy()
    case.spoil(frame)
    broken = case.broken(frame)
    assert broken.sum() >= case.at_least

    result = run(frame, survey, tmp_path, case.wave, only=case.check)[case.check]

    assert (result.error, result.failing_rows) == (None, broken.sum())
    shown = [int(str(row["row"])) - 1 for row in result.sample]
    assert shown
    assert broken[shown].all()
    assert not set(frame["nr"]) & {value for row in result.sample for value in row.values()}


def test_a_few_who_tick_or_hurry_are_nothing_to_speak_of(
    good: pd.DataFrame, survey: Codebook, tmp_path: Path
) -> None:
    frame = good.copy()
    frame.loc[0:9, THEME] = "2"
    frame.loc[0:9, "eind"] = "2022-05-20T09:30:01"
    assert lining(frame).sum() >= 10
    results = run(frame, survey, tmp_path)
    assert results["straight_lining"].passed
    assert results["speeders"].passed


def test_an_id_that_comes_twice_is_for_another_check(
    good: pd.DataFrame, survey: Codebook, tmp_path: Path
) -> None:
    frame = pd.concat([good, good[:5]], ignore_index=True)
    assert run(frame, survey, tmp_path, only="answers_doubled")["answers_doubled"].passed


@pytest.fixture
def unanswered(good: pd.DataFrame) -> pd.DataFrame:
    frame = good.copy()
    frame["a2"] = [*["8"] * 100, *[None] * (len(frame) - 100)]
    frame.loc[0:149, "b1"] = None
    return frame


def counted(result: CheckResult, name: str = "column_name") -> dict[object, object]:
    return {row[name]: row["respondents"] for row in result.sample}


def test_an_item_left_open_tells_by_how_many(
    unanswered: pd.DataFrame, survey: Codebook, tmp_path: Path
) -> None:
    results = run(unanswered, survey, tmp_path)
    assert results["items_answered"].failing_rows == 1
    assert counted(results["items_answered"]) == {"a2": 0}
    left_open = unanswered[ITEMS].isna().sum()
    expected = left_open[left_open > 0.25 * len(unanswered)].to_dict()
    assert set(expected) == {"a2", "b1"}
    assert results["item_nonresponse"].failing_rows == 2
    assert counted(results["item_nonresponse"]) == expected


def test_an_item_that_drifts_is_told_with_its_distance(
    good: pd.DataFrame, survey: Codebook, tmp_path: Path
) -> None:
    now = good.copy()
    now.loc[now.index[:150], ["a1", "a5", "b1", "b2"]] = "3"
    now["a6"] = now["a6"].map({"1": "3", "3": "1"}).fillna(now["a6"])
    before = scores(good, "2022")
    before.pop("B1")

    result = run(now, survey, tmp_path, "2024", lambda: before, "item_drift")["item_drift"]

    expected = {}
    for item, then in before.items():
        given = scores(now, "2024")[item]
        shares = [pd.Series(counts, dtype=float) / sum(counts.values()) for counts in (given, then)]
        distance = shares[0].sub(shares[1], fill_value=0).abs().sum() / 2
        # B2 has another scale, whose answers cannot be compared.
        if distance > 0.2 and item != "B2":
            expected[item.lower()] = (sum(given.values()), pytest.approx(distance))
    assert set(expected) == {"a1", "a5"}
    found = {row["column_name"]: (row["respondents"], row["distance"]) for row in result.sample}
    assert (result.failing_rows, found) == (2, expected)


def test_few_answers_drift_by_chance(good: pd.DataFrame, survey: Codebook, tmp_path: Path) -> None:
    now = good[:80].copy()
    now["a1"] = "3"
    before = scores(good, "2022")
    assert run(now, survey, tmp_path, "2024", lambda: before, "item_drift")["item_drift"].passed


def test_a_wave_before_that_cannot_be_read_is_no_pass(
    good: pd.DataFrame, survey: Codebook, tmp_path: Path
) -> None:
    def busy() -> Answers:
        raise OSError("the warehouse is in use")

    result = run(good, survey, tmp_path, "2024", busy, "item_drift")["item_drift"]
    assert (result.status, result.error) == ("error", "OSError: the warehouse is in use")


def test_a_unit_with_more_respondents_than_people_is_told(
    good: pd.DataFrame, survey: Codebook, tmp_path: Path
) -> None:
    frame = pd.concat([good, good], ignore_index=True)
    frame.loc[0:9, "rol"] = None
    people: dict[tuple[str, str | None], int] = {
        ("bzk", "LG"): 100,
        ("bzk", "MW"): 200,
        ("fin", "LG"): 150,
        ("fin", "MW"): 150,
    }
    people |= {("bzk", None): 300, ("fin", None): 300}
    role = frame["rol"].map({"L": "LG", "M": "MW"})
    respondents = {
        (unit, group): int(
            (frame["org"].str.lower().eq(unit) & (role.eq(group) if group else True)).sum()
        )
        for unit, group in people
    }
    expected = {key: n for key, n in respondents.items() if n > people[key]}
    assert 0 < len(expected) < len(people)

    result = run(frame, survey, tmp_path)["response_within_headcount"]

    assert result.severity == "block"
    assert result.failing_rows == len(expected)
    assert {(r["unit"], r["role"]): r["respondents"] for r in result.sample} == expected


def test_a_unit_that_hardly_answered_is_told_also_where_nobody_did(
    good: pd.DataFrame, survey: Codebook, tmp_path: Path
) -> None:
    few = pd.concat([good[good["org"] == "BZK"][:29], good[good["org"] == "FIN"][:30]])
    for frame, expected in ((few, {"bzk": 29}), (few[:29], {"bzk": 29, "fin": 0})):
        result = run(frame, survey, tmp_path, "2024", only="response_large_enough")
        assert counted(result["response_large_enough"], "unit") == expected


@pytest.fixture
def bare(tmp_path: Path) -> Codebook:
    """A survey that knows no more of its respondents than their ids."""
    tables = SURVEY | {
        "attributes": "attribute_id,kind,label_nl,label_en\nrespondent_id,respondent,,",
        "attribute_columns": "wave_id,attribute_id,source_column\n2022,respondent_id,nr",
        "attribute_codes": "wave_id,attribute_id,code,group_code",
        "population": "wave_id,stratum,role,headcount,source",
        "impossible_combinations": "rule_id,attribute_id,item_id,any_of,reason",
    }
    return Codebook(write_survey(tmp_path / "bare", **tables) / "codebook")


def test_checks_apply_only_where_a_survey_has_what_they_need(
    bare: Codebook, good: pd.DataFrame, tmp_path: Path
) -> None:
    results = run(good, bare, tmp_path)
    assert {result.error for result in results.values()} == {None}
    assert {name for name, result in results.items() if result.expected} == {
        *("answers_doubled", "straight_lining", "items_answered", "item_nonresponse")
    }
