"""Combinations that nobody can be or answer: the rules of a survey as conditions on a delivery.

What belongs here: `impossible_combinations.csv`, translated from groups and answers to the codes
that a wave delivers. What does not: who meets a condition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from expectations.declarations import Scope
from expectations.sql import literals
from orchestration.codebook import Row
from orchestration.sql import identifier

RULES = "impossible_combinations"


def impossible(scope: Scope) -> Mapping[str, str]:
    """Each rule as an SQL condition that no respondent may meet.

    A rule that names something that the wave does not deliver is left out. Raises CodebookError
    where the survey has no `impossible_combinations.csv`.
    """
    rows_of: defaultdict[str, list[Row]] = defaultdict(list)
    for row in scope.codebook.table(RULES):
        rows_of[row["rule_id"]].append(row)
    rules = {rule_id: [_condition(scope, row) for row in rows] for rule_id, rows in rows_of.items()}
    return {
        rule_id: " and ".join(held)
        for rule_id, conditions in rules.items()
        if len(held := [condition for condition in conditions if condition]) == len(conditions)
    }


def _condition(scope: Scope, row: Row) -> str | None:
    """One row of a rule; None where the wave delivers no code that would meet it."""
    wanted = row["any_of"].split("|")
    if row["item_id"]:
        codes = {
            item.source_column: _codes(item.answer_of, wanted)
            for item in scope.items
            if item.item_id == row["item_id"]
        }
    else:
        group_of = {
            code["code"]: code["group_code"]
            for code in scope.codebook.table("attribute_codes")
            if (code["wave_id"], code["attribute_id"]) == (scope.wave, row["attribute_id"])
        }
        codes = {
            column["source_column"]: _codes(group_of, wanted)
            for column in scope.codebook.table("attribute_columns")
            if (column["wave_id"], column["attribute_id"]) == (scope.wave, row["attribute_id"])
        }
    for column, meeting in codes.items():
        if meeting:
            return f"{identifier(column)} in {literals(meeting)}"
    return None


def _codes(meaning_of: Mapping[str, object], wanted: list[str]) -> list[str]:
    return [code for code, meaning in meaning_of.items() if str(meaning) in wanted]
