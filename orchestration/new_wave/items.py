"""Items: which question each column asks, by its text; a column's name proves nothing.

What belongs here: the rows of the crosswalk, and the questions that people have to decide. What does
not: what the codes mean (`code_lists`), and columns about the respondent (`attributes`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestration.codebook import Row
from orchestration.new_wave.attributes import fitting_attributes
from orchestration.new_wave.code_lists import CodeLists, Meaning
from orchestration.new_wave.delivery import Delivered
from orchestration.new_wave.draft import Draft
from orchestration.new_wave.known import Known
from orchestration.new_wave.similarity import similar

WHICH = (
    "fill in item_id and comparability in the row: reworded with a note, replaced or new with an "
    "item_id of its own in items.csv; or delete the row"
)


def same_items(known: Known, columns: Sequence[Delivered]) -> dict[str, Row]:
    """The question of the wave before that each column asks in the same words, by column.

    A text that fits several columns or several questions, as a cut one may, decides nothing.
    """
    found: dict[str, Row] = {}
    for column in columns:
        asked = known.asked(column.text) if column.text else []
        same_place = [r for r in asked if r["source_column"].casefold() == column.name.casefold()]
        if len(asked) == 1 or len(same_place) == 1:
            found[column.name] = (same_place or asked)[0]
    columns_of = Counter(row["item_id"] for row in found.values())
    return {name: row for name, row in found.items() if columns_of[row["item_id"]] == 1}


@dataclass
class Items:
    """The crosswalk of a new wave while it is made, column by column."""

    draft: Draft
    known: Known
    same: Mapping[str, Row]
    texts: Sequence[str]
    code_lists: CodeLists
    considered: set[str] = field(default_factory=set)
    untold: list[str] = field(default_factory=list)
    unknown: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def propose(self, column: Delivered) -> None:
        """Add the column's row, or ask what it is."""
        by_name = self.known.version_of_column.get(column.name.casefold())
        if column.name in self.same:
            self._same(column, self.same[column.name])
        elif column.text:
            self._by_text(column, by_name)
        elif by_name is not None and by_name["item_id"] not in self._asked_by_text:
            self.untold.append(column.name)
            self._same(column, by_name)
        else:
            self._ask_what(column)

    @property
    def _asked_by_text(self) -> set[str]:
        return {row["item_id"] for row in self.same.values()}

    def _same(self, column: Delivered, before: Row) -> None:
        self.considered.add(before["item_id"])
        meaning = self.code_lists.read(column, before)
        scale_before = self.known.scale_of[before["code_list"]]
        comparability, note = "identical", ""
        if meaning.scale_id != scale_before:
            comparability = "rescaled" if meaning.scale_id else ""
            note = f"Scale {meaning.scale_id} instead of {scale_before}" if meaning.scale_id else ""
        self._add(column, before["item_id"], meaning, before["wording"], comparability, note)

    def _by_text(self, column: Delivered, by_name: Row | None) -> None:
        earlier = self.known.asked_earlier(column.text)
        if len(earlier) == 1 and not self.known.asked(column.text):
            note = f"Asked in wave {earlier[0]['wave_id']}, not in {self.known.previous}"
            meaning = self.code_lists.read(column, None)
            item_id, wording = earlier[0]["item_id"], earlier[0]["wording"]
            self._add(column, item_id, meaning, wording, "new", note)
            return
        others = [r for r in self.known.versions if r["item_id"] not in self._asked_by_text]
        candidates = self.known.asked(column.text) or similar(
            column.text, others, self.texts, by_name
        )
        if by_name is not None or candidates:
            self._ask_which(column, by_name, candidates)
        elif column.seems_coded:
            self._add(column, "", self.code_lists.read(column, None), column.text, "new", "")
            self.draft.add("items", label_nl=column.text, in_study="proposed")
            self._ask(
                column,
                "Is this a new item?",
                f"The file asks {column.text!r}; no question of before is like it.",
                "fill in what is blank in the rows of item_versions.csv and items.csv; or delete both",
            )
        else:
            self._ask_what(column)

    def _ask_which(self, column: Delivered, by_name: Row | None, candidates: Sequence[Row]) -> None:
        names = {row["item_id"] for row in candidates}
        self.considered |= names
        question = "Is this the same question in other words, or another one?"
        if self.known.asked(column.text):
            question = "Which item is this? Its text fits more than one, or more than one column."
        seen = [f"The file asks {column.text!r}"]
        if by_name is not None and by_name["item_id"] not in names:
            question = "The column was another question before: which item is this?"
            seen.append(
                f"wave {self.known.previous} had {by_name['item_id']} in this column, {by_name['wording']!r}"
            )
        seen += [f"like {row['item_id']}, {row['wording']!r}" for row in candidates]
        likely = candidates[0] if candidates else by_name
        self._add(column, "", self.code_lists.read(column, likely), column.text, "", "")
        self._ask(column, question, "; ".join(seen) + ".", WHICH)

    def _ask_what(self, column: Delivered) -> None:
        seen = []
        if column.text:
            seen.append(f"the text is {column.text!r}")
        if column.seems_coded:
            seen.append(f"the values are {', '.join(map(repr, column.codes or ()))}")
        else:
            count = "many" if column.codes is None else str(len(column.codes))
            seen.append(f"{column.filled} rows have a value, {count} different ones")
        if fitting := fitting_attributes(self.known, column):
            seen.append(f"they are codes of {', '.join(fitting)}")
        if column.remark:
            seen.append(column.remark)
        self.unknown["; ".join(seen) + "."].append(column.name)

    def _add(
        self,
        column: Delivered,
        item_id: str,
        meaning: Meaning,
        wording: str,
        comparability: str,
        note: str,
    ) -> None:
        self.draft.add(
            "item_versions",
            wave_id=self.known.wave_id,
            source_column=column.name,
            item_id=item_id,
            code_list=meaning.code_list,
            is_reversed=str(meaning.is_reversed).lower(),
            wording=wording,
            comparability=comparability,
            comparability_note=note,
        )

    def _ask(self, column: Delivered, question: str, seen: str, choices: str) -> None:
        self.draft.ask("item_versions", column.name, question, seen, choices)

    def finish(self) -> None:
        """Ask about columns that nothing is known of, and about items that no column seems to ask."""
        for seen, names in self.unknown.items():
            self.draft.ask(
                "item_versions",
                ", ".join(names),
                "What is this column?" if len(names) == 1 else "What are these columns?",
                seen,
                "an item: add its rows, or make the proposal again with --wording; an attribute, raw_only "
                "if it is kept as it is: add its rows; or ask the sender for a file without it",
            )
        if self.untold:
            self.draft.ask(
                "item_versions",
                ", ".join(self.untold),
                "Do these columns ask what the columns of these names asked before?",
                f"The file has no text for {len(self.untold)} columns that wave {self.known.previous} "
                "had too, and a name proves nothing: names are reused.",
                "yes, confirmed by the questionnaire; no, correct the rows; or make the proposal again "
                "with --wording",
            )
        gone = [row for row in self.known.versions if row["item_id"] not in self.considered]
        if gone:
            self.draft.ask(
                "item_versions",
                "",
                f"Are these items no longer asked: {', '.join(row['item_id'] for row in gone)}?",
                "No column asks "
                + "; ".join(f"{row['item_id']}, {row['wording']!r}" for row in gone)
                + ", or anything like it.",
                "yes, they are gone; no, add their rows",
            )
