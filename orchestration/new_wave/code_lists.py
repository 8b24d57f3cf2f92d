"""Code lists: what the delivered codes of an item mean, by their labels or as the wave before had them.

What belongs here: finding the list, or proposing a new one, and noticing codes that run down. What
does not: which item a column is (`items`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from dataclasses import dataclass, field

from orchestration.codebook import Row
from orchestration.deliveries.wording import normalised
from orchestration.new_wave.delivery import Delivered
from orchestration.new_wave.draft import Draft, quote_all
from orchestration.new_wave.known import Codes, Known

UNKNOWN = ""


@dataclass(frozen=True)
class Meaning:
    """How an item's column is read. `scale_id` and `code_list` are blank where nothing tells."""

    scale_id: str
    code_list: str
    is_reversed: bool


@dataclass
class CodeLists:
    """The code lists of a new wave: those of before where they fit, and new ones."""

    known: Known
    new: dict[str, dict[str, str]] = field(default_factory=dict)
    scale_of_new: dict[str, str] = field(default_factory=dict)
    _used_in: defaultdict[str, list[Delivered]] = field(default_factory=lambda: defaultdict(list))
    _turned: defaultdict[tuple[str, bool], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _unlabelled: list[str] = field(default_factory=list)
    _uncoded: list[str] = field(default_factory=list)

    def read(self, column: Delivered, before: Row | None) -> Meaning:
        """How the column is read, given the item's row of the wave before where it is known."""
        labelled = {code: normalised(label) for code, label in column.value_labels.items()}
        usual = before["code_list"] if before is not None else ""
        scale_id = self._scale(set(labelled.values()), self.known.scale_of.get(usual, ""))
        answers = self.known.answer_of_label.get(scale_id, {})
        by_label = {code: answers[label] for code, label in labelled.items() if label in answers}
        if not labelled and column.all_codes:
            self._unlabelled.append(column.name)
        if not scale_id:
            return Meaning("", self._new("", usual, column, {}) if labelled else "", False)
        was_reversed = before is not None and before["is_reversed"] == "true"
        found = self._known_list(column, scale_id, usual, by_label, before is not None)
        if found is None and not column.seems_coded:
            self._uncoded.append(column.name)
            return Meaning(scale_id, "", was_reversed)
        if found is None:
            like = self.known.code_lists.get(usual, {}) if not labelled else {}
            meant = {code: by_label.get(code, like.get(code, UNKNOWN)) for code in column.all_codes}
            is_reversed = _runs_down(meant) if labelled else was_reversed
            if labelled and is_reversed:
                meant = self._flipped(scale_id, meant)
            found = Meaning(scale_id, self._new(scale_id, usual, column, meant), is_reversed)
        if not by_label:
            found = Meaning(scale_id, found.code_list, was_reversed)
        elif before is not None and found.is_reversed != was_reversed:
            self._turned[found.code_list, found.is_reversed].append(column.name)
        return found

    def _scale(self, labels: Set[str], usual: str) -> str:
        """The scale that has all labels, or the usual one where it has some; blank for none."""
        if not labels:
            return usual
        scales = self.known.answer_of_label
        fitting = [scale for scale, answers in scales.items() if labels <= answers.keys()]
        if usual in fitting:
            return usual
        if len(fitting) == 1:
            return fitting[0]
        scores = {str(answer) for answer in self.known.answers.get(usual, [])}
        some = {scales[usual].get(label) for label in labels} & scores if usual else set()
        return usual if not fitting and some else ""

    def _known_list(
        self, column: Delivered, scale_id: str, usual: str, by_label: Codes, is_asked: bool
    ) -> Meaning | None:
        """The list that knows all codes by the same answers, or by the answers turned round."""
        of_scale = (name for name, scale in self.known.scale_of.items() if scale == scale_id)
        last_used = [row["code_list"] for row in self.known.versions]
        others = sorted(
            (name for name in of_scale if name in last_used and by_label),
            key=lambda name: len(self.known.code_lists[name]),
        )
        for name in [usual] * is_asked + others:
            codes = self.known.code_lists.get(name, {})
            if self.known.scale_of.get(name) != scale_id or not set(column.all_codes) <= set(codes):
                continue
            for is_reversed, meant in ((False, codes), (True, self._flipped(scale_id, codes))):
                if all(meant[code] == answer for code, answer in by_label.items()):
                    return Meaning(scale_id, name, is_reversed)
        return None

    def _flipped(self, scale_id: str, codes: Codes) -> dict[str, str]:
        """The codes with their scores turned round, as staging does it: lowest + highest - answer."""
        scores = self.known.answers[scale_id]
        turned = {str(score): str(min(scores) + max(scores) - score) for score in scores}
        return {code: turned.get(answer, answer) for code, answer in codes.items()}

    def _new(self, scale_id: str, usual: str, column: Delivered, meant: Codes) -> str:
        """The name of a new list with these codes, joined with those of columns that agree."""
        known, wave_id = self.known, self.known.wave_id
        stem = usual or scale_id or "codes"
        if known.previous in stem:
            stem = stem.replace(known.previous, wave_id)
        else:
            stem = f"{stem}_{wave_id}"
        meant = meant or dict.fromkeys(column.all_codes, UNKNOWN)
        number = 1
        while True:
            name = stem if number == 1 else f"{stem}_{number}"
            there = self.new.get(name, {})
            is_free = (
                name not in known.code_lists and self.scale_of_new.get(name, scale_id) == scale_id
            )
            if is_free and all(there.get(code, answer) == answer for code, answer in meant.items()):
                self.new[name] = {**there, **meant}
                self.scale_of_new[name] = scale_id
                self._used_in[name].append(column)
                return name
            number += 1

    def finish(self, draft: Draft) -> None:
        """Add the new lists to the draft, and ask what their columns left open."""
        for name, codes in self.new.items():
            for code, answer in codes.items():
                scale_id = self.scale_of_new[name]
                draft.add(
                    "answer_codes", code_list=name, code=code, scale_id=scale_id, answer=answer
                )
            open_codes = [code for code, answer in codes.items() if answer == UNKNOWN]
            if open_codes:
                self._ask_for_codes(draft, name, open_codes)
        for (name, is_reversed), columns in self._turned.items():
            draft.ask(
                "item_versions",
                ", ".join(columns),
                "Do the codes of these columns run the other way than in the wave before?",
                f"By their labels the codes of {name} run {'down' if is_reversed else 'up'}; in wave "
                f"{self.known.previous} is_reversed was {str(not is_reversed).lower()}. The rows have "
                f"is_reversed = {str(is_reversed).lower()}.",
                "yes, keep the rows; no, correct is_reversed in the rows",
            )
        if self._uncoded:
            draft.ask(
                "answer_codes",
                ", ".join(self._uncoded),
                "Which codes may these columns have?",
                "They have values that are no codes of before, and too many for codes that come often; "
                "they are not shown.",
                "fill in code_list in the rows, and a new list in answer_codes.csv; or delete the rows, "
                "and ask the sender for a file without the columns",
            )
        if self._unlabelled:
            draft.ask(
                "answer_codes",
                ", ".join(self._unlabelled),
                "Do the codes of these columns mean what they meant in the wave before?",
                "The file has no labels for them; the rows have the code list and is_reversed of wave "
                f"{self.known.previous}. A higher code does not always mean more.",
                "yes, confirmed by the questionnaire; no, correct code_list or is_reversed in the rows",
            )

    def _ask_for_codes(self, draft: Draft, name: str, codes: list[str]) -> None:
        columns = self._used_in[name]
        labels = {code: label for column in columns for code, label in column.value_labels.items()}
        shown = ", ".join(f"{code} ({labels.get(code) or 'no label'})" for code in codes)
        draft.ask(
            "answer_codes",
            ", ".join(column.name for column in columns),
            f"Which answers do the codes of the new list {name} mean?",
            f"Unknown: {shown}. Scale: {self.scale_of_new[name] or 'none has these labels'}.",
            f"fill in scale_id and answer in the rows, of {quote_all(self.known.answers)} or of a new "
            "scale in scales.csv; an item that has another scale now is rescaled",
        )


def _runs_down(meant: Codes) -> bool:
    """Whether higher codes mean lower scores, all the way."""
    numbered = [
        (int(code), int(answer))
        for code, answer in meant.items()
        if code.lstrip("-").isdecimal() and answer and int(answer) >= 0
    ]
    answers = [answer for _, answer in sorted(numbered)]
    return len(answers) > 1 and answers == sorted(answers, reverse=True)
