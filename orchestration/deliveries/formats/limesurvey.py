"""LimeSurvey: headers of an export with “Question code & question text”, such as
`Q1[SQ001]. How often … [At work]`.

Its export with “Question code” alone has plain names and needs no convention.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

CONVENTION = "LimeSurvey (code and text)"

# Columns that LimeSurvey adds itself; an export has the first and some of the others.
ID = "id"
OWN = frozenset({"submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp"})

CODE_AND_TEXT = re.compile(r"([A-Za-z][A-Za-z0-9_]*(?:\[[^\]]*\])*)\.\s+(.*)", re.DOTALL)


def is_header(names: Sequence[str | None]) -> bool:
    """Whether LimeSurvey's own columns stand there with their texts."""
    own = {code for code, text in map(split, names) if text}
    return ID in own and bool(own & OWN)


def split(name: str | None) -> tuple[str | None, str]:
    """The code and the text in a header's cell; the text is blank where there is none."""
    found = CODE_AND_TEXT.fullmatch(name or "")
    return (found[1], found[2].strip()) if found else (name, "")
