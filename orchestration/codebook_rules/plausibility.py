"""Plausibility: rules on what nobody can be or answer, and thresholds that say whose they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from orchestration.codebook import Codebook
from orchestration.codebook_rules.rows import listed, pairs


def impossible_combinations_exist(codebook: Codebook) -> Iterator[str]:
    """Impossible combinations are of two or more groups or answers that the survey has."""
    groups = pairs(codebook.table("groups"), "attribute_id", "group_code")
    scale_of = dict(pairs(codebook.table("answer_codes"), "code_list", "scale_id"))
    answers = {
        (version["item_id"], scale["answer"])
        for version in codebook.table("item_versions")
        for scale in codebook.table("scales")
        if scale["scale_id"] == scale_of.get(version["code_list"])
    }
    rows = codebook.table("impossible_combinations")
    for row in rows:
        where = f"impossible_combinations.csv {row['rule_id']}"
        if (row["attribute_id"] == "") == (row["item_id"] == ""):
            yield f"{where}: a condition is about an attribute or about an item."
            continue
        about, known = (
            (row["item_id"], answers) if row["item_id"] else (row["attribute_id"], groups)
        )
        wanted = row["any_of"].split("|")
        if unknown := [value for value in wanted if (about, value) not in known]:
            yield f"{where}: {about} has no group or answer {listed(unknown)}."
    for rule_id, conditions in Counter(row["rule_id"] for row in rows).items():
        if conditions == 1:
            yield f"impossible_combinations.csv {rule_id}: one condition is no combination."


def further_figures_are_of_a_check(codebook: Codebook) -> Iterator[str]:
    """A row `<check>.<figure>` of the thresholds leaves the severity to the row of its check."""
    rows = codebook.table("quality_thresholds")
    checks = {row["check_name"] for row in rows}
    for row in rows:
        name, _, figure = row["check_name"].partition(".")
        if figure and (name not in checks or row["severity"]):
            yield (
                f"quality_thresholds.csv {row['check_name']}: {name} needs a row of its own, which "
                "alone says the severity."
            )
