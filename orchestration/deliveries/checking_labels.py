"""Checking labels: what a labelled file calls its codes, held against the codebook.

What belongs here: a code that bears the label of another one, as where a scale was turned round. What
does not: labels that are merely worded otherwise, and codes that the codebook does not have.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from orchestration.codebook import Codebook
from orchestration.deliveries.formats.table import DeliveredColumn
from orchestration.deliveries.report import Kind, Problem, quoted

ASK_SCALE = (
    "Ask the sender which way round the codes are. If the file's labels are right, correct the codes "
    "in answer_codes.csv or attribute_codes.csv; if not, ask for a file with the right labels."
)

# By column, then by code: its labels in the codebook, in each language.
Labels = Mapping[str, Mapping[str, frozenset[str]]]


def labels_of(codebook: Codebook, wave_id: str) -> Labels:
    """What the codebook calls each code of each coded column of a wave."""
    labels: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    answers = {
        (row["scale_id"], row["answer"]): _both(row["label_nl"], row["label_en"])
        for row in codebook.table("scales")
    }
    turned = _turned(codebook)
    codes = defaultdict(list)
    for row in codebook.table("answer_codes"):
        codes[row["code_list"]].append((row["code"], (row["scale_id"], row["answer"])))
    for row in codebook.table("item_versions"):
        if row["wave_id"] == wave_id:
            for code, answer in codes[row["code_list"]]:
                called = labels[row["source_column"]][code]
                called |= answers.get(answer, set())
                if row["is_reversed"] == "true":
                    # Either the codes run down, or the question was turned and its labels were not.
                    called |= answers.get(turned.get(answer, answer), set())
    groups = {
        (row["attribute_id"], row["group_code"]): _both(row["label_nl"], row["label_en"])
        for row in codebook.table("groups")
    }
    columns = defaultdict(list)
    for row in codebook.table("attribute_columns"):
        if row["wave_id"] == wave_id:
            columns[row["attribute_id"]].append(row["source_column"])
    for row in codebook.table("attribute_codes"):
        if row["wave_id"] == wave_id:
            for column in columns[row["attribute_id"]]:
                labels[column][row["code"]] |= groups.get(
                    (row["attribute_id"], row["group_code"]), set()
                )
    return {
        column: {code: frozenset(called) for code, called in by_code.items()}
        for column, by_code in labels.items()
    }


def _turned(codebook: Codebook) -> Mapping[tuple[str, str], tuple[str, str]]:
    """The answer at the same distance from the other end of its scale."""
    scores: defaultdict[str, list[int]] = defaultdict(list)
    for row in codebook.table("scales"):
        if row["meaning"] == "answer":
            scores[row["scale_id"]].append(int(row["answer"]))
    return {
        (scale, str(score)): (scale, str(min(of_scale) + max(of_scale) - score))
        for scale, of_scale in scores.items()
        for score in of_scale
    }


def label_problems(columns: Iterable[DeliveredColumn], labels: Labels) -> Iterator[Problem]:
    """The columns of which a code bears the label that the codebook gives to another code."""
    for column in columns:
        known = labels.get(column.name, {})
        swapped = [
            f"{quoted(code)} {quoted(label)}, which the codebook calls {quoted(meant)}"
            for code, label in column.value_labels.items()
            if code in known and _plain(label) not in known[code]
            for meant in [other for other, called in known.items() if _plain(label) in called][:1]
        ]
        if swapped:
            message = f"The file calls {'; '.join(swapped)}."
            yield Problem(Kind.OTHER_LABEL, message, ASK_SCALE, column.name, len(swapped))


def _both(*labels: str) -> set[str]:
    return {_plain(label) for label in labels if label.strip()}


def _plain(label: str) -> str:
    return " ".join(label.split()).casefold()
