"""What the codebook knows of the waves before: questions, code lists and attributes, to compare with."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from orchestration.codebook import Codebook, Row
from orchestration.deliveries.wording import is_same_text, normalised
from orchestration.new_wave.errors import NewWaveError

Codes = Mapping[str, str]
"""The answer, or the group, that each code means."""


@dataclass(frozen=True)
class Known:
    """The codebook as it stands before the wave `wave_id`, which follows the wave `previous`."""

    codebook: Codebook
    wave_id: str
    previous: str

    @classmethod
    def before(cls, codebook: Codebook, wave_id: str, previous: str | None) -> Known:
        """What is known before a wave; without `previous` it follows the one held last.

        Raises NewWaveError where the wave is there already or cannot name a table, or the previous
        one is not there.
        """
        if not re.fullmatch(r"[a-z0-9_]+", wave_id):
            raise NewWaveError(
                f"A wave's id names tables: {wave_id!r} may have a-z, 0-9 and _ only."
            )
        if wave_id in codebook.waves:
            raise NewWaveError(
                f"Wave {wave_id} is in waves.csv already: change its rows in the codebook itself."
            )
        if previous is None:
            previous = max(codebook.waves.values(), key=lambda wave: wave.fieldwork_end).wave_id
        if previous not in codebook.waves:
            raise NewWaveError(
                f"Wave {previous!r} is not in waves.csv, which has {', '.join(codebook.waves)}."
            )
        return cls(codebook, wave_id, previous)

    def _rows(self, table: str, wave_id: str) -> list[Row]:
        return [row for row in self.codebook.table(table) if row["wave_id"] == wave_id]

    @cached_property
    def versions(self) -> list[Row]:
        """What the previous wave asked."""
        return self._rows("item_versions", self.previous)

    @cached_property
    def version_of_column(self) -> Mapping[str, Row]:
        """The same by column, in small letters as DuckDB tells names apart."""
        return {row["source_column"].casefold(): row for row in self.versions}

    @cached_property
    def items(self) -> Mapping[str, Row]:
        """The items by id."""
        return {row["item_id"]: row for row in self.codebook.table("items")}

    def asked(self, text: str) -> list[Row]:
        """The questions of the previous wave with this text."""
        return [row for row in self.versions if is_same_text(text, row["wording"])]

    def asked_earlier(self, text: str) -> list[Row]:
        """The last question with this text of each item that the previous wave did not ask."""
        now = {row["item_id"] for row in self.versions}
        found = {
            row["item_id"]: row
            for row in self.codebook.table("item_versions")
            if row["item_id"] not in now and is_same_text(text, row["wording"])
        }
        return list(found.values())

    @cached_property
    def code_lists(self) -> Mapping[str, Codes]:
        """The answers of each code list."""
        return _codes(self.codebook.table("answer_codes"), "code_list", "answer")

    @cached_property
    def scale_of(self) -> Mapping[str, str]:
        """The scale of each code list."""
        return {row["code_list"]: row["scale_id"] for row in self.codebook.table("answer_codes")}

    @cached_property
    def answers(self) -> Mapping[str, list[int]]:
        """The answers of each scale that are scores."""
        answers: defaultdict[str, list[int]] = defaultdict(list)
        for row in self.codebook.table("scales"):
            if row["meaning"] == "answer":
                answers[row["scale_id"]].append(int(row["answer"]))
        return answers

    @cached_property
    def answer_of_label(self) -> Mapping[str, Codes]:
        """The answer that each label means, Dutch or English, by scale."""
        labels: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for row in self.codebook.table("scales"):
            for label in (row["label_nl"], row["label_en"]):
                labels[row["scale_id"]][normalised(label)] = row["answer"]
        return labels

    @cached_property
    def attributes(self) -> Mapping[str, Row]:
        """The attributes by id."""
        return {row["attribute_id"]: row for row in self.codebook.table("attributes")}

    @cached_property
    def attributes_of_column(self) -> Mapping[str, list[str]]:
        """The attributes that each column of the previous wave fed."""
        columns: defaultdict[str, list[str]] = defaultdict(list)
        for row in self._rows("attribute_columns", self.previous):
            columns[row["source_column"]].append(row["attribute_id"])
        return columns

    @cached_property
    def attribute_codes(self) -> Mapping[str, Codes]:
        """The groups of the previous wave's codes, by attribute."""
        return _codes(self._rows("attribute_codes", self.previous), "attribute_id", "group_code")

    @cached_property
    def groups_of_label(self) -> Mapping[tuple[str, str], set[str]]:
        """The groups that a label names, by attribute and label; organisations by every name."""
        labels: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        names: defaultdict[str, set[str]] = defaultdict(set)
        for row in self.codebook.table("organisations"):
            names[row["organisation_code"]] |= {row["name_nl"], row["name_en"], row["abbreviation"]}
        for row in self.codebook.table("groups"):
            for label in {row["label_nl"], row["label_en"], *names[row["group_code"]]}:
                labels[row["attribute_id"], normalised(label)].add(row["group_code"])
        return labels

    @cached_property
    def population(self) -> list[Row]:
        """The headcounts of the previous wave."""
        return self._rows("population", self.previous)


def _codes(rows: Iterable[Row], key: str, meaning: str) -> dict[str, Codes]:
    codes: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in rows:
        codes[row[key]][row["code"]] = row[meaning]
    return dict(codes)
