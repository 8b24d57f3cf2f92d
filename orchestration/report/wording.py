"""Words and numbers as each language writes them; the texts themselves are rows of `texts.csv`.

What belongs here: looking up a text, choosing a label, writing a number. What does not: what is said
where, which the pages and templates decide.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).with_name("texts.csv")
LANGUAGES = ("nl", "en")

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"
SEPARATORS = {"nl": (".", ","), "en": (",", ".")}  # of thousands, of decimals

# Reasons and notes of the marts have numbers and codes in them.
HIDDEN = re.compile(r"fewer than (\d+) respondents, here or in a group that this would give away")


@dataclass(frozen=True)
class Words:
    """The texts of the report in one language."""

    language: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """The text of this key with these values in it; KeyError where there is none."""
        return self.texts[key].format(**values)

    def said(self, kind: str, word: str | None) -> str:
        """A word of the marts, such as a verdict; as it is where it is new to the report."""
        return self.texts.get(f"{kind}.{word}", word or NOTHING)

    def label(self, row: Mapping[str, Any], name: str = "label") -> str:
        """The label in this language, or else in another one, or else the key."""
        for language in (self.language, *LANGUAGES):
            if label := row.get(f"{name}_{language}"):
                return str(label)
        key = next((row[key] for key in row if key.endswith(("_id", "_code"))), NOTHING)
        return str(key)

    def labels(self, rows: Iterable[Mapping[str, Any]]) -> list[str]:
        """The labels of several rows."""
        return [self.label(row) for row in rows]

    def options(self, rows: Iterable[Mapping[str, Any]]) -> str:
        """`a or b`."""
        return f" {self('or')} ".join(self.labels(rows))

    def reason(self, reason: str | None) -> str:
        """Why a figure is hidden."""
        found = HIDDEN.fullmatch(reason or "")
        return self("hidden.few", minimum=found[1]) if found else self.said("hidden", reason)

    def number(self, value: float | None, decimals: int = 2, *, signed: bool = False) -> str:
        """A number with its sign, thousands and decimals; a dash where there is none."""
        if value is None:
            return NOTHING
        written = f"{value:+,.{decimals}f}" if signed else f"{value:,.{decimals}f}"
        if not re.search(r"[1-9]", written):
            written = written.lstrip("+-")
        thousands, decimal = SEPARATORS[self.language]
        swapped = {",": thousands, ".": decimal, "-": MINUS}
        return "".join(swapped.get(character, character) for character in written)

    def percent(self, share: float | None, decimals: int = 0) -> str:
        """A share as a percentage."""
        return NOTHING if share is None else f"{self.number(share * 100, decimals)}%"

    def interval(self, low: float | None, high: float | None) -> str:
        """An interval, its ends at the precision of means."""
        if low is None or high is None:
            return NOTHING
        return self("interval", low=self.number(low), high=self.number(high))

    def p_value(self, p: float | None) -> str:
        """A p value, at three decimals."""
        if p is not None and p < 0.001:
            return f"< {self.number(0.001, 3)}"
        return self.number(p, 3)

    def day(self, day: date | None) -> str:
        """A date in words."""
        if day is None:
            return NOTHING
        return f"{day.day} {self.texts['months'].split()[day.month - 1]} {day.year}"

    def listed(self, names: list[str]) -> str:
        """`a, b and c`."""
        if len(names) < 2:
            return "".join(names)
        return f"{', '.join(names[:-1])} {self('and')} {names[-1]}"


@cache
def words(language: str) -> Words:
    """The texts of one of `LANGUAGES`."""
    with TEXTS.open(encoding="utf-8", newline="") as file:
        return Words(language, {row["key"]: row[language] for row in csv.DictReader(file)})
