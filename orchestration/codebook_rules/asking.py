"""Asking: items, their scales and codes, and whether waves ask the same."""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.codebook import Codebook
from orchestration.codebook_rules.rows import (
    in_wave,
    listed,
    pairs,
    previous_wave,
    repeated,
    values,
    versions,
)

MEANING_OF_NEGATIVE = {
    -1: "not_answered",
    -2: "dont_know",
    -3: "not_applicable",
    -4: "refused",
    -5: "not_asked",
}


def no_item_or_theme_is_alone(codebook: Codebook) -> Iterator[str]:
    """Every theme has items, every item a theme and a wave that asks it."""
    for column, one, other in (
        ("theme_id", "items", "themes"),
        ("item_id", "item_versions", "items"),
    ):
        used, known = (values(codebook.table(table), column) for table in (one, other))
        if unknown := used - known:
            yield f"{one}.csv: {column} {listed(unknown)} is not in {other}.csv."
        if alone := known - used:
            yield f"{other}.csv: no row of {one}.csv has {column} {listed(alone)}."


def codes_have_an_answer_of_one_scale(codebook: Codebook) -> Iterator[str]:
    """A code means an answer of its list's scale; items use lists that exist, and all of them."""
    codes = codebook.table("answer_codes")
    scales = pairs(codebook.table("scales"), "scale_id", "answer")
    for scale_id, answer in sorted(pairs(codes, "scale_id", "answer") - scales):
        yield f"answer_codes.csv: scale {scale_id!r} has no answer {answer!r} in scales.csv."
    for (code_list,) in repeated((name,) for name, _ in pairs(codes, "code_list", "scale_id")):
        yield f"answer_codes.csv: code list {code_list!r} belongs to more than one scale."
    known, used = (values(rows, "code_list") for rows in (codes, codebook.table("item_versions")))
    if unknown := used - known:
        yield f"item_versions.csv: code list {listed(unknown)} is not in answer_codes.csv."
    if alone := known - used:
        yield f"answer_codes.csv: no item uses code list {listed(alone)}."


def answers_can_be_delivered(codebook: Codebook) -> Iterator[str]:
    """Some code means each answer of a scale, but for "not answered", which is a blank."""
    deliverable = pairs(codebook.table("answer_codes"), "scale_id", "answer")
    for row in codebook.table("scales"):
        if row["answer"] != "-1" and (row["scale_id"], row["answer"]) not in deliverable:
            yield f"scales.csv: no code of answer_codes.csv means {row['answer']} of {row['scale_id']!r}."


def signs_tell_answers_from_none(codebook: Codebook) -> Iterator[str]:
    """Answers are 0 or more and favourable or not; what is no answer is negative and neither."""
    for number, row in enumerate(codebook.table("scales"), 2):
        answer, where = int(row["answer"]), f"scales.csv row {number}"
        if row["meaning"] == "answer":
            if answer < 0:
                yield f"{where}: an answer is 0 or more, not {answer}."
            if row["is_favourable"] not in {"true", "false"}:
                yield f"{where}: is_favourable is true or false for an answer."
        else:
            if MEANING_OF_NEGATIVE.get(answer) != row["meaning"]:
                yield f"{where}: {answer} does not mean {row['meaning']!r}."
            if row["is_favourable"]:
                yield f"{where}: is_favourable is blank for what is no answer."
    for scale_id in sorted(values(codebook.table("scales"), "scale_id")):
        rows = [row for row in codebook.table("scales") if row["scale_id"] == scale_id]
        if "-1" not in values(rows, "answer"):
            yield f"scales.csv: scale {scale_id!r} has no -1, which blank cells are."
        if not {"true", "false"} <= values(rows, "is_favourable"):
            yield f"scales.csv: scale {scale_id!r} needs answers that are favourable and that are not."


def new_items_were_not_asked_before(codebook: Codebook) -> Iterator[str]:
    """`new` and `replaced` are just the items that the previous wave did not ask."""
    for wave_id in codebook.waves:
        before = previous_wave(codebook, wave_id)
        earlier = versions(codebook, before)
        for item_id, version in versions(codebook, wave_id).items():
            where = f"item_versions.csv wave {wave_id} item {item_id}"
            comparability = version["comparability"]
            if not before and comparability != "new":
                yield f"{where}: every item of the first wave is new, not {comparability!r}."
            elif (comparability in {"new", "replaced"}) != (item_id not in earlier):
                asked = "asked it" if item_id in earlier else "did not ask it"
                yield f"{where}: it is {comparability!r}, and wave {before} {asked}."


def words_and_scale_bear_out_the_comparability(codebook: Codebook) -> Iterator[str]:
    """`identical` has the same words and scale, `reworded` the same scale, `rescaled` another."""
    scale_of = dict(pairs(codebook.table("answer_codes"), "code_list", "scale_id"))
    for wave_id in codebook.waves:
        earlier = versions(codebook, previous_wave(codebook, wave_id))
        for version in in_wave(codebook, "item_versions", wave_id):
            item_id, comparability = version["item_id"], version["comparability"]
            where = f"item_versions.csv wave {wave_id} item {item_id}"
            noted = comparability not in {"reworded", "rescaled", "replaced"}
            if not (noted or version["comparability_note"]):
                yield f"{where}: comparability_note has to say why it is {comparability}."
            if item_id not in earlier:
                continue
            before = earlier[item_id]
            same_words = version["wording"] == before["wording"]
            same_scale = scale_of.get(version["code_list"]) == scale_of.get(before["code_list"])
            fits = {
                "identical": same_words and same_scale,
                "reworded": not same_words and same_scale,
                "rescaled": not same_scale,
            }
            if not fits.get(comparability, True):
                words, scale = (
                    "the same" if same else "other" for same in (same_words, same_scale)
                )
                yield f"{where}: it is {comparability!r}, with {words} words and {scale} scale."
