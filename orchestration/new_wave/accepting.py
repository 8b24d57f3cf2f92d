"""Accepting: a reviewed proposal becomes rows of the codebook, all of them or none.

What belongs here: refusing what is not ready, and adding rows in the place where a reviewer looks
for them. What does not: the rules themselves (`codebook_rules`).
"""

from __future__ import annotations

import csv
import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestration.codebook import Codebook, Row
from orchestration.codebook_rules import broken_rules
from orchestration.codebook_rules.shape import columns_of
from orchestration.new_wave.errors import NewWaveError
from orchestration.new_wave.proposal import QUESTIONS, Proposal, as_csv, read_proposal

# Rows of these tables stand together with those of the same theme, attribute, scale or list.
TOGETHER = {
    "items": "theme_id",
    "groups": "attribute_id",
    "scales": "scale_id",
    "answer_codes": "code_list",
    "organisations": "organisation_code",
}


def accept_proposal(folder: Path, codebook: Path, wave_id: str) -> dict[str, int]:
    """Add a reviewed proposal's rows to the codebook; gives the number of rows added by table.

    Raises NewWaveError, with everything that is not ready, and then the codebook is as it was.
    """
    proposal = read_proposal(folder)
    if wave_id in Codebook(codebook).waves:
        raise NewWaveError(
            f"Wave {wave_id} is in {codebook / 'waves.csv'}: it was taken over before."
        )
    if problems := _not_ready(proposal, folder, wave_id):
        raise NewWaveError("\n".join(["The proposal is not ready:", *problems]))
    # Beside the codebook, so that a file is moved into place and not copied.
    with TemporaryDirectory(dir=codebook.parent, prefix=".codebook-") as place:
        draft = Path(place) / "codebook"
        shutil.copytree(codebook, draft)
        added = {
            table: _add(draft / f"{table}.csv", table, rows)
            for table, rows in proposal.tables.items()
        }
        if broken := broken_rules(Codebook(draft)):
            raise NewWaveError(
                "\n".join(["With the proposal's rows the codebook would break its rules:", *broken])
            )
        changed = [table for table, count in added.items() if count]
        # waves.csv is last: without it, what was moved by a killed run is completed by the next.
        _move(sorted(changed, key=lambda table: table == "waves"), draft, codebook)
    return {table: added[table] for table in changed}


def _not_ready(proposal: Proposal, folder: Path, wave_id: str) -> list[str]:
    open_questions = [row["number"] for row in proposal.questions if not row["answer"].strip()]
    problems = []
    if open_questions:
        problems.append(
            f"{folder / QUESTIONS}: question {', '.join(open_questions)} has no answer."
        )
    if not proposal.tables.get("waves"):
        problems.append(f"{folder / 'waves.csv'} has no row for wave {wave_id}.")
    for table, rows in proposal.tables.items():
        if any(row.get("wave_id", wave_id) != wave_id for row in rows):
            problems.append(f"{folder / table}.csv: a row is of another wave than {wave_id}.")
    return problems


def _add(path: Path, table: str, rows: Sequence[Row]) -> int:
    """Write the table with the rows added that it does not have; gives their number."""
    columns = columns_of(table)
    with path.open(encoding="utf-8", newline="") as file:
        there: list[Mapping[str, str]] = list(csv.DictReader(file))
    new = [row for row in rows if row not in there]
    group = TOGETHER.get(table)
    for row in new:
        of_group = [n for n, other in enumerate(there, 1) if group and other[group] == row[group]]
        there.insert(of_group[-1] if of_group else len(there), row)
    if new:
        text = as_csv([columns, *([row[column] for column in columns] for row in there)])
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    return len(new)


def _move(tables: Sequence[str], draft: Path, codebook: Path) -> None:
    """Move the tables into place; where one cannot be, those before it are put back."""
    before = {table: (codebook / f"{table}.csv").read_bytes() for table in tables}
    moved: list[str] = []
    try:
        for table in tables:
            (draft / f"{table}.csv").replace(codebook / f"{table}.csv")
            moved.append(table)
    except OSError as error:
        for table in moved:
            (codebook / f"{table}.csv").write_bytes(before[table])
        raise NewWaveError(
            f"{codebook / table}.csv cannot be written ({error.strerror}); the codebook is as it was."
        ) from error
