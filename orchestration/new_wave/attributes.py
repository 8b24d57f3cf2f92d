"""Attributes: which columns hold what is known about respondents, and what their codes mean.

What belongs here: columns with the name of the wave before, and others that seem to hold the same.
What does not: items, and columns that are neither (`items` asks about those).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from orchestration.deliveries.wording import normalised
from orchestration.new_wave.delivery import Delivered
from orchestration.new_wave.draft import Draft, quote_all
from orchestration.new_wave.known import Known

FEWEST_CODES = 2


def propose_attributes(draft: Draft, known: Known, columns: Sequence[Delivered]) -> set[str]:
    """Add the rows of attributes to the draft, ask what is open; gives the names of their columns."""
    delivered = {column.name.casefold(): column for column in columns}
    places: dict[str, Delivered] = {
        source: delivered[source.casefold()]
        for source in known.attributes_of_column
        if source.casefold() in delivered
    }
    taken = {column.name for column in places.values()}
    renamed = dict(_renamed(known, [c for c in columns if c.name not in taken], places))
    places |= renamed
    for source, attribute_ids in known.attributes_of_column.items():
        column = places.get(source)
        if column is None:
            draft.ask(
                "attribute_columns",
                "",
                f"Which column holds {', '.join(attribute_ids)}?",
                f"Wave {known.previous} had it in {source!r}, which the file lacks.",
                "add rows to attribute_columns.csv and attribute_codes.csv; or the wave does not have it",
            )
            continue
        for attribute_id in attribute_ids:
            draft.add(
                "attribute_columns",
                wave_id=known.wave_id,
                attribute_id=attribute_id,
                source_column=column.name,
            )
        if source in renamed:
            draft.ask(
                "attribute_columns",
                column.name,
                f"Does this column hold {', '.join(attribute_ids)}?",
                f"Wave {known.previous} had it in {source!r}, which the file lacks; the name, the text "
                "or the codes of this one fit.",
                "yes, keep the rows; no, delete its rows from both tables",
            )
        _propose_codes(draft, known, column, attribute_ids)
    return {column.name for column in places.values()}


def fitting_attributes(known: Known, column: Delivered) -> list[str]:
    """The attributes of the wave before whose codes the column's values all are."""
    codes = set(column.codes or ())
    return [
        attribute_id
        for attribute_id, groups in known.attribute_codes.items()
        if len(codes) >= FEWEST_CODES and codes <= groups.keys()
    ]


def _renamed(
    known: Known, columns: Sequence[Delivered], places: Mapping[str, Delivered]
) -> Iterator[tuple[str, Delivered]]:
    """Columns that alone fit an attribute whose column is missing, and fit no other."""
    missing = {s: ids for s, ids in known.attributes_of_column.items() if s not in places}
    fits = {
        (source, column.name): column
        for source, attribute_ids in missing.items()
        for column in columns
        if _fits(known, column, attribute_ids)
    }
    for (source, name), column in fits.items():
        if sum(source == one or name == other for one, other in fits) == 1:
            yield source, column


def _fits(known: Known, column: Delivered, attribute_ids: Sequence[str]) -> bool:
    labels = {
        normalised(known.attributes[attribute_id][label])
        for attribute_id in attribute_ids
        for label in ("label_nl", "label_en")
    }
    is_named = {normalised(column.name), normalised(column.text)} & labels
    was_item = column.name.casefold() in known.version_of_column
    if is_named or was_item:
        return bool(is_named)
    return bool(set(fitting_attributes(known, column)) & set(attribute_ids))


def _propose_codes(
    draft: Draft, known: Known, column: Delivered, attribute_ids: Sequence[str]
) -> None:
    coded = [name for name in attribute_ids if name in known.attribute_codes]
    if not coded:
        return
    is_known = all(code in known.attribute_codes[coded[0]] for code in column.all_codes)
    if column.codes is None or not (is_known or column.seems_coded):
        draft.ask(
            "attribute_codes",
            column.name,
            f"What are the codes of {', '.join(coded)}?",
            f"The column has too many different values for codes. {column.remark or ''}".strip(),
            "ask the sender for a column with codes; or list them in attribute_codes.csv",
        )
        return
    groups = {
        code: _groups_of_code(known, coded, code, column.value_labels.get(code, ""))
        for code in column.all_codes
    }
    for attribute_id in coded:
        for code, (group_of, _) in groups.items():
            draft.add(
                "attribute_codes",
                wave_id=known.wave_id,
                attribute_id=attribute_id,
                code=code,
                group_code=group_of[attribute_id],
            )
    _ask(draft, known, column, coded, {code: doubt for code, (_, doubt) in groups.items()})


def _groups_of_code(
    known: Known, coded: Sequence[str], code: str, label: str
) -> tuple[dict[str, str], str]:
    """The group of a code for each attribute, blank where it is open, and the doubt about it."""
    usual = {name: known.attribute_codes[name].get(code, "") for name in coded}
    named = {name: known.groups_of_label.get((name, normalised(label)), set()) for name in coded}
    if not all(usual.values()):
        return {n: next(iter(named[n])) if len(named[n]) == 1 else "" for n in coded}, "unknown"
    if not label or any(usual[name] in named[name] for name in coded):
        return usual, ""
    if any(named.values()):
        return dict.fromkeys(coded, ""), "reused"
    return usual, "unproven"


QUESTIONS = {
    "unknown": (
        "Which groups do these codes mean?",
        "fill in group_code in the rows, of groups.csv or of a new group there; or ask the sender",
    ),
    "reused": (
        "Which groups do these codes mean now? The wave before used them for others.",
        "fill in group_code in the rows, by the labels",
    ),
    "unproven": (
        "Do these codes mean the groups that they meant in the wave before?",
        "yes, keep the rows; no, correct group_code in the rows",
    ),
}


def _ask(
    draft: Draft, known: Known, column: Delivered, coded: Sequence[str], doubts: Mapping[str, str]
) -> None:
    labels = column.value_labels
    for doubt, (question, choices) in QUESTIONS.items():
        codes = [code for code, found in doubts.items() if found == doubt]
        if codes:
            before = {code: [known.attribute_codes[n].get(code) for n in coded] for code in codes}
            seen = "; ".join(
                f"{code!r} ({labels.get(code) or 'no label'}; before: "
                f"{', '.join(dict.fromkeys(filter(None, before[code]))) or 'no code'})"
                for code in codes
            )
            draft.ask(
                "attribute_codes", column.name, f"{', '.join(coded)}: {question}", seen, choices
            )
    gone = [code for code in known.attribute_codes[coded[0]] if code not in doubts]
    if gone and len(gone) < len(known.attribute_codes[coded[0]]):
        draft.ask(
            "attribute_codes",
            column.name,
            f"{', '.join(coded)}: may these codes of the wave before still come?",
            f"Nobody in the file has {quote_all(gone)}.",
            "no, leave them out; yes, add their rows",
        )
