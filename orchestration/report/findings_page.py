"""The findings' page: every claim, what each wave says of it, and the figures that decided.

What belongs here: which figures stand together. What does not: words and markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.report.marts import Marts, Row

# The figures that may decide, in the order in which they are shown, and their decimals.
DECIDING = {
    "respondents": 0,
    "tests": 0,
    "tests_as_claimed": 0,
    "tests_opposite": 0,
    "items": 0,
    "items_different": 0,
    "items_equivalent": 0,
    "difference": 2,
    "standard_error": 3,
    "t": 2,
    "degrees_of_freedom": 0,
    "p_holm": 3,
    "consensus": 2,
    "place": 0,
}
DIRECTED = ("tests_as_claimed", "tests_opposite")


@dataclass(frozen=True)
class Claim:
    """A claim, and what the waves say of it, by wave."""

    row: Row
    verdicts: Mapping[str, Row]


@dataclass(frozen=True)
class ClaimedTheme:
    """The claims about the same themes."""

    themes: Sequence[Row]
    claims: Sequence[Claim]


class FindingsPage:
    """All claims, by theme."""

    def __init__(self, marts: Marts) -> None:
        self.waves = list(reversed(marts.waves))
        themes = {theme["theme_id"]: theme for theme in marts.themes}
        claims: dict[str, dict[str, dict[str, Row]]] = {}
        for row in marts.findings:
            verdicts = claims.setdefault(row["theme_id"], {}).setdefault(row["finding_id"], {})
            verdicts[row["wave_id"]] = row
        order = list(themes)
        self.groups = [
            ClaimedTheme(
                [themes[theme_id] for theme_id in joined.split("|") if theme_id in themes],
                [Claim(list(verdicts.values())[-1], verdicts) for verdicts in found.values()],
            )
            for joined, found in sorted(
                claims.items(),
                # Those about one theme first, in the order of the themes.
                key=lambda entry: (
                    entry[0].count("|"),
                    [order.index(part) for part in entry[0].split("|") if part in themes],
                ),
            )
        ]

    def columns(self, claim: Claim) -> list[str]:
        """The figures that decided this claim in any wave."""
        # A claim that counts items that differ has no direction.
        without = DIRECTED if claim.row["items"] is not None else ()
        return [
            column
            for column in DECIDING
            if column not in without
            and any(row[column] is not None for row in claim.verdicts.values())
        ]

    def decimals(self, column: str) -> int:
        """At how many decimals a figure is shown."""
        return DECIDING.get(column, 0)
