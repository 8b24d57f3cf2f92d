"""The proposal: a folder of csv files with a draft's rows, its questions and a checklist, for review.

What belongs here: writing and reading that folder. What does not: what is in it, and taking it over
(`accepting`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.codebook import Row
from orchestration.codebook_rules.shape import TABLES, columns_of
from orchestration.new_wave.cells import as_meant, as_shown
from orchestration.new_wave.checklist import checklist
from orchestration.new_wave.draft import PROPOSED, Draft, Question
from orchestration.new_wave.errors import NewWaveError

QUESTIONS = "questions.csv"
CHECKLIST = "checklist.md"


@dataclass(frozen=True)
class Proposal:
    """A reviewed proposal: rows by table of the codebook, and the questions with their answers."""

    tables: Mapping[str, Sequence[Row]]
    questions: Sequence[Row]


def write_proposal(folder: Path, draft: Draft, file_name: str) -> None:
    """Write a draft to a folder that does not exist yet.

    Raises NewWaveError where it does: a review may be under way in it.
    """
    if folder.exists():
        raise NewWaveError(
            f"{folder} exists: go on with it, remove it, or name another folder with --output."
        )
    folder.mkdir(parents=True)
    for table in PROPOSED:
        rows = [
            [as_shown(row.get(column, "")) for column in columns_of(table)]
            for row in draft.tables[table]
        ]
        (folder / f"{table}.csv").write_text(
            as_csv([columns_of(table), *rows]), encoding="utf-8", newline=""
        )
    questions = [
        [str(number), *map(as_shown, question)]
        for number, question in enumerate(draft.questions, 1)
    ]
    (folder / QUESTIONS).write_text(
        as_csv([["number", *Question._fields], *questions]), encoding="utf-8", newline=""
    )
    (folder / CHECKLIST).write_text(checklist(draft, file_name), encoding="utf-8")


def read_proposal(folder: Path) -> Proposal:
    """Read a reviewed folder; of the codebook's tables it may have any.

    Raises NewWaveError where a file is missing, has other columns, or is no table of a codebook.
    """
    tables: dict[str, list[Row]] = {}
    questions = _read(folder / QUESTIONS, ["number", *Question._fields])
    for path in sorted(folder.glob("*.csv")):
        if path.name == QUESTIONS:
            continue
        if path.stem not in TABLES:
            raise NewWaveError(f"{path} is no table of a codebook: remove it or name it after one.")
        tables[path.stem] = _read(path, columns_of(path.stem))
    return Proposal(tables, questions)


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows as text in the form of the codebook's files."""
    return "".join(map(_line, rows))


def _line(cells: Sequence[str]) -> str:
    # The writer quotes a carriage return only where it ends its lines; else it would end one here.
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().removesuffix("\r\n") + "\n"


def _read(path: Path, columns: Sequence[str]) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = [row for row in csv.reader(file, strict=True) if row] or [[]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise NewWaveError(
            f"{path} cannot be read ({error}): save it as csv in UTF-8, separated by commas."
        ) from error
    if header != list(columns):
        raise NewWaveError(f"{path}: the header has to be {','.join(columns)}.")
    for number, row in enumerate(rows, 2):
        if len(row) != len(columns):
            raise NewWaveError(f"{path} row {number}: it has {len(row)} cells, not {len(columns)}.")
    return [dict(zip(columns, map(as_meant, row), strict=True)) for row in rows]
