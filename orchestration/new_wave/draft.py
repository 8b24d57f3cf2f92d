"""The draft: rows and questions, in the order in which they were found.

What belongs here: what a proposed row and a question are. What does not: finding them, and the
files that they are written to (`proposal`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

PROPOSED = (
    *("waves", "items", "item_versions", "answer_codes", "groups"),
    *("attribute_columns", "attribute_codes", "population"),
)


class Question(NamedTuple):
    """What a person has to say before a row may count.

    `table` and `column` are the table of the codebook and the delivered column that it is about,
    blank where it is about more; `seen` is what the file and the codebook show; `choices` is what
    may be done; `answer` is written by the reviewer.
    """

    table: str
    column: str
    question: str
    seen: str
    choices: str
    answer: str = ""


@dataclass
class Draft:
    """A proposal while it is made: rows by table of the codebook, and the open questions."""

    wave_id: str
    previous: str
    tables: defaultdict[str, list[dict[str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    questions: list[Question] = field(default_factory=list)

    def add(self, table: str, **cells: str) -> None:
        """Add a row to a table of the codebook; cells that are not named are blank."""
        self.tables[table].append(cells)

    def ask(self, table: str, column: str, question: str, seen: str, choices: str) -> None:
        """Add a question."""
        self.questions.append(Question(table, column, question, seen, choices))


def quote_all(names: Iterable[str]) -> str:
    """`'a', 'b'` for a sentence, in the order given."""
    return ", ".join(map(repr, names))
