"""The codebook: a survey's definition, read from the reviewed CSV files of its `codebook/` folder.

What belongs here: reading those files and answering what a delivery of a wave may look like. What
does not: the meaning of answers in the warehouse, which dbt takes from the same files as seeds.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from orchestration.errors import VakwerkError

Row = Mapping[str, str]


class CodebookError(VakwerkError):
    """The codebook cannot be read; the message names the file and the remedy."""


@dataclass(frozen=True)
class Wave:
    """One round of the survey, a row of `waves.csv`."""

    wave_id: str
    label_en: str
    file_pattern: str
    is_synthetic: bool
    fieldwork_end: str


@dataclass(frozen=True)
class Column:
    """What one delivered column of a wave is: an item, or the source of one or more attributes.

    `codes` are the texts that may stand in it besides a blank; None where any text may.
    """

    name: str
    item_id: str | None
    attribute_ids: tuple[str, ...]
    kinds: frozenset[str]
    codes: frozenset[str] | None
    wording: str


class Codebook:
    """A survey's definition, read lazily: one table a file, each row a mapping of text."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def table(self, name: str) -> tuple[Row, ...]:
        """The rows of `<name>.csv`, every value text and a blank where nothing stands."""
        path = self.folder / f"{name}.csv"
        try:
            with path.open(encoding="utf-8", newline="") as file:
                return tuple(csv.DictReader(file))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CodebookError(
                f"{path} cannot be read ({error}): every survey has this file, if only its header."
            ) from error

    @cached_property
    def survey(self) -> Row:
        """The one row of `survey.csv`."""
        rows = self.table("survey")
        if len(rows) != 1:
            raise CodebookError(f"{self.folder / 'survey.csv'} has {len(rows)} rows; it needs one.")
        return rows[0]

    @cached_property
    def waves(self) -> Mapping[str, Wave]:
        """The waves by id, in the order of the file."""
        return {
            row["wave_id"]: Wave(
                wave_id=row["wave_id"],
                label_en=row["label_en"],
                file_pattern=row["file_pattern"],
                is_synthetic=row["is_synthetic"] == "true",
                fieldwork_end=row["fieldwork_end"],
            )
            for row in self.table("waves")
        }

    def wave_of(self, file_name: str) -> Wave | None:
        """The wave whose pattern fits the name of a delivered file; None unless just one does."""
        fitting = [
            wave for wave in self.waves.values() if fnmatchcase(file_name, wave.file_pattern)
        ]
        return fitting[0] if len(fitting) == 1 else None

    def columns(self, wave_id: str) -> Mapping[str, Column]:
        """The columns that a delivery of the wave has, by name, in the order of the crosswalk."""
        codes = _grouped(self.table("answer_codes"), "code_list")
        columns = {
            row["source_column"]: Column(
                name=row["source_column"],
                item_id=row["item_id"],
                attribute_ids=(),
                kinds=frozenset({"item"}),
                codes=frozenset(code["code"] for code in codes[row["code_list"]]),
                wording=row["wording"],
            )
            for row in self.table("item_versions")
            if row["wave_id"] == wave_id
        }
        sources = _grouped(
            (row for row in self.table("attribute_columns") if row["wave_id"] == wave_id),
            "source_column",
        )
        return {
            name: self._attribute_column(wave_id, name, [row["attribute_id"] for row in rows])
            for name, rows in sources.items()
        } | columns

    def _attribute_column(self, wave_id: str, name: str, attribute_ids: list[str]) -> Column:
        kinds = {row["attribute_id"]: row["kind"] for row in self.table("attributes")}
        codes_of = _grouped(
            (row for row in self.table("attribute_codes") if row["wave_id"] == wave_id),
            "attribute_id",
        )
        coded = [
            {row["code"] for row in codes_of[attribute]}
            for attribute in attribute_ids
            if attribute in codes_of
        ]
        return Column(
            name=name,
            item_id=None,
            attribute_ids=tuple(attribute_ids),
            kinds=frozenset(kinds[attribute] for attribute in attribute_ids),
            # A code that one of its attributes does not know would lose the respondent there.
            codes=frozenset(set.intersection(*coded)) if coded else None,
            wording="",
        )

    @cached_property
    def fingerprint(self) -> str:
        """A sha256 over all files of the codebook: another one means another definition."""
        digest = sha256()
        for path in sorted(self.folder.glob("*.csv")):
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()


def _grouped(rows: Iterable[Row], key: str) -> dict[str, list[Row]]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups
