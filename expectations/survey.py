"""What the codebook says that data can be held against: items asked, their answers, the groups.

What belongs here: answers drawn from the codebook's tables, for any layer. What does not: what a
delivery's file may look like, which `Codebook.columns` says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from orchestration.codebook import Codebook, CodebookError

Severity = Literal["block", "warn"]

THRESHOLDS = "quality_thresholds"


@dataclass(frozen=True)
class AskedItem:
    """An item as one wave asks it.

    `codes` gives the meaning of each delivered code, `answers` that of each harmonised answer of
    its scale: answer, not_answered, dont_know, not_applicable, refused or not_asked. `answer_of`
    gives the harmonised answer of each delivered code, turned where the codes run the other way.
    """

    wave_id: str
    item_id: str
    theme_id: str
    source_column: str
    code_list: str
    comparability: str
    codes: Mapping[str, str]
    answers: Mapping[int, str]
    answer_of: Mapping[str, int]

    @property
    def column(self) -> str:
        """Its column in the staged, wide table."""
        return self.item_id.lower()

    @property
    def scores(self) -> tuple[int, ...]:
        """The answers that count, lowest first: those that are a score."""
        return tuple(sorted(a for a, meaning in self.answers.items() if meaning == "answer"))

    @property
    def score_of(self) -> Mapping[str, int]:
        """The score of each delivered code that is an answer."""
        return {code: self.answer_of[code] for code in self.codes_meaning("answer")}

    def codes_meaning(self, *meanings: str) -> tuple[str, ...]:
        """The delivered codes that mean one of these."""
        return tuple(code for code, meaning in self.codes.items() if meaning in meanings)


@dataclass(frozen=True)
class Threshold:
    """How far a figure may go before a check fails, how bad that is, and why: a row of the seed.

    `severity` is None where the row leaves it to the check.
    """

    value: float | None
    severity: Severity | None
    reason: str


def asked_items(codebook: Codebook, waves: Iterable[str]) -> tuple[AskedItem, ...]:
    """The items that these waves ask, in the order of the crosswalk."""
    answers: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for row in codebook.table("scales"):
        answers[row["scale_id"]][int(row["answer"])] = row["meaning"]
    answer_codes: defaultdict[str, dict[str, int]] = defaultdict(dict)
    scale_of: dict[str, str] = {}
    for row in codebook.table("answer_codes"):
        answer_codes[row["code_list"]][row["code"]] = int(row["answer"])
        scale_of[row["code_list"]] = row["scale_id"]
    themes = {row["item_id"]: row["theme_id"] for row in codebook.table("items")}
    wanted = set(waves)
    asked = []
    for row in codebook.table("item_versions"):
        if row["wave_id"] not in wanted:
            continue
        meanings = answers[scale_of[row["code_list"]]]
        codes = answer_codes[row["code_list"]]
        asked.append(
            AskedItem(
                wave_id=row["wave_id"],
                item_id=row["item_id"],
                theme_id=themes[row["item_id"]],
                source_column=row["source_column"],
                code_list=row["code_list"],
                comparability=row["comparability"],
                codes={code: meanings[answer] for code, answer in codes.items()},
                answers=meanings,
                answer_of=_turned(codes, meanings) if row["is_reversed"] == "true" else codes,
            )
        )
    return tuple(asked)


def attribute_columns(codebook: Codebook, wave_id: str, kind: str) -> Mapping[str, str]:
    """The delivered column of each attribute of a kind in a wave, by attribute."""
    kinds = {row["attribute_id"]: row["kind"] for row in codebook.table("attributes")}
    return {
        row["attribute_id"]: row["source_column"]
        for row in codebook.table("attribute_columns")
        if row["wave_id"] == wave_id and kinds[row["attribute_id"]] == kind
    }


def group_codes(codebook: Codebook) -> Mapping[str, tuple[str, ...]]:
    """The harmonised groups of each attribute that puts respondents in one."""
    groups: defaultdict[str, list[str]] = defaultdict(list)
    for row in codebook.table("groups"):
        groups[row["attribute_id"]].append(row["group_code"])
    return {attribute: tuple(codes) for attribute, codes in groups.items()}


def thresholds(codebook: Codebook) -> Mapping[str, Threshold]:
    """The rows of `quality_thresholds.csv`, by check.

    Raises CodebookError where the file is missing or a severity is none.
    """
    return {row["check_name"]: _threshold(codebook, row) for row in codebook.table(THRESHOLDS)}


def threshold_value(codebook: Codebook, check: str) -> float:
    """The threshold of a check, or another figure that it needs: `<check>.<what the figure is>`.

    Raises CodebookError where the survey has not set one.
    """
    found = thresholds(codebook).get(check)
    if found is None or found.value is None:
        raise CodebookError(
            f"{codebook.folder / THRESHOLDS}.csv has no threshold for {check}: add a row with it, "
            "its severity (block or warn) and the reason."
        )
    return found.value


def _turned(codes: Mapping[str, int], meanings: Mapping[int, str]) -> dict[str, int]:
    """Codes with their answers the other way round, as staging turns them."""
    scores = [answer for answer, meaning in meanings.items() if meaning == "answer"]
    return {
        code: min(scores) + max(scores) - answer if answer in scores else answer
        for code, answer in codes.items()
    }


def _threshold(codebook: Codebook, row: Mapping[str, str]) -> Threshold:
    for severity in (None, *get_args(Severity)):
        if row["severity"] == (severity or ""):
            value = float(row["threshold"]) if row["threshold"] else None
            return Threshold(value, severity, row["reason"])
    raise CodebookError(
        f"{codebook.folder / THRESHOLDS}.csv gives {row['check_name']} the severity "
        f"{row['severity']!r}: write block or warn, or nothing to leave it to the check."
    )
