"""What the documents show, taken out of them: queries with their tables, programs with their output.

What belongs here: finding them. What does not: running them, which the tests do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# A query, and the table that stands below it, if one does.
QUERY = re.compile(r"```sql\n(?P<sql>.*?)```\n+(?P<table>(?:\|[^\n]*\n)*)", re.DOTALL)
# A block of a language, and the block without one that stands at once below it: its output.
BLOCK = r"^```{language}\n(?P<code>.*?)^```\n(?:```\n(?P<output>.*?)^```\n)?"


@dataclass(frozen=True)
class Query:
    """A query, and the rows of the table below it, each a list of cells; none where there is none."""

    sql: str
    shown: list[list[str]]


@dataclass(frozen=True)
class Program:
    """A block of code and what it is said to print; None where nothing is said of that."""

    code: str
    output: str | None


def queries(document: Path) -> Iterator[Query]:
    """Every query in a document, in order."""
    for found in QUERY.finditer(document.read_text(encoding="utf-8")):
        rows = [
            [cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in found["table"].splitlines()
        ]
        yield Query(found["sql"], rows)


def programs(document: Path, language: str) -> Iterator[Program]:
    """Every block of this language in a document, in order."""
    block = re.compile(BLOCK.format(language=language), re.DOTALL | re.MULTILINE)
    for found in block.finditer(document.read_text(encoding="utf-8")):
        yield Program(found["code"], found["output"])
