"""The deliveries of the small survey that whole warehouses are made of, and a person who is in them.

What belongs here: the tables. What does not: warehouses, which the fixtures run.
"""

from __future__ import annotations

from tests.builders import RESPONDENT, Table, good_table

WHO = "person-7f3a91c2-whom-nobody-knows"
PLACE = 17

# The small survey makes no claims.
WITHOUT_ROWS = {"findings", "finding_evidence"}


def with_person(rows: int) -> dict[str, list[str | None]]:
    """A wave 2022 of so many rows, one of them the person's."""
    table = good_table(rows)
    table[RESPONDENT][PLACE] = WHO
    return table


def corrected_with_person() -> dict[str, list[str | None]]:
    """The wave 2022 delivered again: more rows, and answers that were altered."""
    table = with_person(65)
    table["v1"] = [{"1": "3"}.get(code or "", code) for code in table["v1"]]
    return table


def without_person(table: Table) -> Table:
    """A wave as if the person had never been in it."""
    return {
        name: [value for row, value in enumerate(values) if row != PLACE]
        for name, values in table.items()
    }


def next_wave() -> dict[str, list[str | None]]:
    """The wave 2024, which the person is not in."""
    return good_table(80)
