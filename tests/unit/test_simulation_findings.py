"""What the sample wave of 2022 shows: the study's findings, in means weighted to the population.

What belongs here: directions and ranks on the committed file, worked out from the file and the
codebook alone. What does not: whether a difference is significant, which is the warehouse's to say.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from orchestration.codebook import Codebook, Row
from orchestration.settings import PROJECT

CODEBOOK = Codebook(PROJECT / "seeds" / "codebook")
WAVE = "2022"
MIDPOINT = 3
FINDINGS = CODEBOOK.table("findings")
ITEMS = {row["item_id"]: row for row in CODEBOOK.table("items")}

Floats = npt.NDArray[np.float64]
Members = npt.NDArray[np.bool_]


def of_kind(*kinds: str) -> pytest.MarkDecorator:
    found = [row for row in FINDINGS if row["kind"] in kinds]
    return pytest.mark.parametrize("finding", found, ids=lambda row: str(row["finding_id"]))


@cache
def delivered() -> Mapping[str, Sequence[str]]:
    path = PROJECT / "seeds" / "waves" / "vakmanschap_2022.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    return dict(zip(header, zip(*rows, strict=True), strict=True))


@cache
def groups(attribute: str) -> Sequence[str]:
    """The group of each respondent."""
    source = next(
        row["source_column"]
        for row in CODEBOOK.table("attribute_columns")
        if (row["wave_id"], row["attribute_id"]) == (WAVE, attribute)
    )
    code = {
        row["code"]: row["group_code"]
        for row in CODEBOOK.table("attribute_codes")
        if (row["wave_id"], row["attribute_id"]) == (WAVE, attribute)
    }
    return [code.get(text, "") for text in delivered()[source]]


@cache
def weights() -> Floats:
    """People in the population for each respondent of a stratum and a role."""
    cells = list(zip(groups("stratum"), groups("role"), strict=True))
    respondents = Counter(cells)
    people = {
        (row["stratum"], row["role"]): int(row["headcount"])
        for row in CODEBOOK.table("population")
        if row["wave_id"] == WAVE
    }
    return np.array([people[cell] / respondents[cell] for cell in cells])


@cache
def scores(item: str) -> Floats:
    """The answers to an item, NaN where there is none."""
    version = next(
        row
        for row in CODEBOOK.table("item_versions")
        if (row["wave_id"], row["item_id"]) == (WAVE, item)
    )
    answer = {
        row["code"]: float(row["answer"])
        for row in CODEBOOK.table("answer_codes")
        if row["code_list"] == version["code_list"] and int(row["answer"]) > 0
    }
    return np.array([answer.get(text, np.nan) for text in delivered()[version["source_column"]]])


def members(attribute: str, group: str = "") -> Members:
    found = groups(attribute) if group else groups("role")
    return np.array([not group or code == group for code in found])


def mean(item: str, among: Members) -> float:
    valid = among & ~np.isnan(scores(item))
    return float(np.average(scores(item)[valid], weights=weights()[valid]))


def theme_items(finding: Row) -> list[str]:
    """The items of a finding's themes that the wave asks."""
    asked = {row["item_id"] for row in CODEBOOK.table("item_versions") if row["wave_id"] == WAVE}
    themes = finding["theme_id"].split("|")
    return [i for i, row in ITEMS.items() if row["theme_id"] in themes and i in asked]


def items_of(finding: Row) -> list[str]:
    """The items that a finding names, or else all of its themes."""
    return finding["item_ids"].split("|") if finding["item_ids"] else theme_items(finding)


def group_codes(attribute: str) -> list[str]:
    return [
        row["group_code"] for row in CODEBOOK.table("groups") if row["attribute_id"] == attribute
    ]


@of_kind("highest_item", "lowest_item")
def test_the_item_is_first_or_last_in_every_group(finding: Row) -> None:
    """Integrity highest and inclusiveness lowest of the values; workload the greatest pressure."""
    choose: Callable[..., str] = max if finding["kind"] == "highest_item" else min
    items = theme_items(finding)
    for group in group_codes(finding["attribute"]):
        among = members(finding["attribute"], group)
        assert choose(items, key=lambda item: mean(item, among)) == finding["item_ids"], group


@of_kind("group_highest", "group_higher")
def test_the_group_is_clearly_above_the_others(finding: Row) -> None:
    attribute, item = finding["attribute"], finding["item_ids"]
    above = finding["group_a"].split("|")
    below = (
        [group for group in group_codes(attribute) if group not in above]
        if finding["group_b"] == "rest"
        else finding["group_b"].split("|")
    )
    for group in above:
        for other in below:
            gap = mean(item, members(attribute, group)) - mean(item, members(attribute, other))
            assert gap > 0.15, (group, other)


@of_kind("most_items_higher")
def test_most_items_are_clearly_higher(finding: Row) -> None:
    among = members(finding["attribute"], finding["group_a"])
    rest = ~among
    gaps = [mean(item, among) - mean(item, rest) for item in items_of(finding)]
    assert np.mean(np.array(gaps) > 0.15) > 0.5
    assert np.mean(np.array(gaps) < -0.1) <= 0.1


@of_kind("below_midpoint", "above_midpoint")
def test_the_mean_is_on_its_side_of_the_midpoint(finding: Row) -> None:
    sign = 1 if finding["kind"] == "above_midpoint" else -1
    named = finding["group_a"].split("|") if finding["group_a"] else []
    for group in named or group_codes(finding["attribute"]) or [""]:
        among = members(finding["attribute"], group)
        means = [mean(item, among) for item in items_of(finding)]
        assert sign * (np.mean(means) - MIDPOINT) > 0.1, group


@of_kind("consensus")
def test_groups_that_agree_hardly_differ_on_four_items_in_five(finding: Row) -> None:
    close = []
    for item in items_of(finding):
        means = [
            mean(item, members(finding["attribute"], group))
            for group in group_codes(finding["attribute"])
        ]
        close.append((max(means) - min(means)) / np.nanstd(scores(item)) < 0.2)
    assert np.mean(close) >= 0.8


@of_kind("falling_gradient")
def test_the_mean_falls_from_group_to_group(finding: Row) -> None:
    means = [
        mean(finding["item_ids"], members(finding["attribute"], group))
        for group in group_codes(finding["attribute"])
    ]
    assert all(nearer - farther > 0.1 for nearer, farther in pairwise(means))


@of_kind("tension")
def test_both_items_are_favoured_and_go_against_each_other(finding: Row) -> None:
    one, other = finding["item_ids"].split("|")
    for group in finding["group_a"].split("|"):
        both = members(finding["attribute"], group) & ~np.isnan(scores(one) + scores(other))
        assert mean(one, both) > MIDPOINT
        assert mean(other, both) > MIDPOINT
        assert np.corrcoef(scores(one)[both], scores(other)[both])[0, 1] < -0.1


def test_negatively_worded_developments_weigh_more_than_neutral_ones() -> None:
    everyone = members("role")
    means = {
        valence: np.mean([mean(i, everyone) for i, r in ITEMS.items() if r["valence"] == valence])
        for valence in ("negative", "neutral")
    }
    assert means["negative"] > means["neutral"] + 0.3
