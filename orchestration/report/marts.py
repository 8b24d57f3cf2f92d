"""The published marts as the pages need them: dimensions in order, and figures by their keys.

What belongs here: reading `marts.duckdb`. What does not: words and pages. A table that a survey does
not have is read as an empty one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from orchestration.report.figures import FIGURES, NEEDED
from orchestration.sql import identifier, literal

Row = Mapping[str, Any]
Key = tuple[str, str, str, str]  # wave, break-down, group, item

TOTAL = "total"
EVERYBODY = "all"
SCORE = "score"


@dataclass(frozen=True)
class Breakdown:
    """A way to divide respondents into groups, in the order of the codebook."""

    breakdown: str
    labels: Row
    groups: tuple[Row, ...]


@dataclass(frozen=True)
class Scale:
    """The answers of an item, from the lowest to the highest."""

    answers: tuple[Row, ...] = field(default=())

    @property
    def lowest(self) -> float:
        return float(self.answers[0]["answer"]) if self.answers else 0.0

    @property
    def highest(self) -> float:
        return float(self.answers[-1]["answer"]) if self.answers else 1.0


class Marts:
    """What one published file holds, each part read when it is first asked for."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        self._tables = {
            name
            for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()
        }

    def rows(self, sql: str, *parameters: object) -> list[Row]:
        """The rows of a query, each by column name."""
        found = self._connection.execute(sql, parameters)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def table(self, name: str, order: str = "all") -> list[Row]:
        """All rows of a table; none where the survey has no such table."""
        if name not in self._tables:
            return []
        return self.rows(f"from {identifier(name)} order by {order}")

    @cached_property
    def publication(self) -> Row:
        """Which build this is, of which survey."""
        return self.table("publication")[0]

    @cached_property
    def waves(self) -> list[Row]:
        """The loaded waves, the newest last."""
        return self.table("dim_waves", "wave_id")

    @cached_property
    def themes(self) -> list[Row]:
        """The themes that any wave asks, in order."""
        asked = {version["theme_id"] for version in self.versions.values()}
        return [row for row in self.table("dim_themes", "position") if row["theme_id"] in asked]

    @cached_property
    def items(self) -> Mapping[str, list[Row]]:
        """The items of each theme that any wave asks, in order."""
        asked = {item_id for _, item_id in self.versions}
        items: dict[str, list[Row]] = {theme["theme_id"]: [] for theme in self.themes}
        for row in self.table("dim_items", "position"):
            if row["item_id"] in asked:
                items[row["theme_id"]].append(row)
        return items

    @cached_property
    def versions(self) -> Mapping[tuple[str, str], Row]:
        """What each wave asked, by wave and item."""
        found = self.table("dim_item_versions")
        return {(row["wave_id"], row["item_id"]): row for row in found}

    @cached_property
    def scales(self) -> Mapping[str, Scale]:
        """Each scale's answers."""
        found: dict[str, list[Row]] = {}
        for row in self.table("dim_answers", "scale_id, answer"):
            if row["meaning"] == "answer":
                found.setdefault(row["scale_id"], []).append(row)
        return {scale_id: Scale(tuple(answers)) for scale_id, answers in found.items()}

    def scale_of(self, item_id: str) -> Scale:
        """The scale of an item, in the last wave that asks it."""
        asked = [row for (_, asked_id), row in self.versions.items() if asked_id == item_id]
        return self.scales[asked[-1]["scale_id"]]

    @cached_property
    def breakdowns(self) -> list[Breakdown]:
        """The break-downs by one attribute, in order; those by two are in the tables alone."""
        found: dict[str, list[Row]] = {}
        for row in self.table("dim_groups", "breakdown_position, position"):
            found.setdefault(row["breakdown"], []).append(row)
        return [
            Breakdown(
                name,
                {f"label_{lang}": rows[0][f"breakdown_label_{lang}"] for lang in ("nl", "en")},
                tuple(rows),
            )
            for name, rows in found.items()
            if name != TOTAL and not any("|" in row["group_code"] for row in rows)
        ]

    @cached_property
    def figures(self) -> Mapping[Key, Row]:
        """What is said of each item, and by `score:<theme>` of each theme, in each group and wave."""
        if not self._tables.issuperset(NEEDED) or not self.themes:
            return {}
        names = [TOTAL, *(breakdown.breakdown for breakdown in self.breakdowns)]
        self._connection.execute(FIGURES, [names])
        return {
            (row["wave_id"], row["breakdown"], row["group_code"], _item(row)): row
            for row in self.rows("from figures")
        }

    @cached_property
    def shares(self) -> Mapping[tuple[str, str], list[Row]]:
        """How everybody's answers are spread, by wave and item."""
        if "item_distributions" not in self._tables:
            return {}
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows(
            "from item_distributions where breakdown = ? order by wave_id, item_id, answer", TOTAL
        ):
            found.setdefault((row["wave_id"], row["item_id"]), []).append(row)
        return found

    @cached_property
    def response(self) -> Mapping[tuple[str, str, str], Row]:
        """Who answered, by wave, break-down and group."""
        found = self.table("response")
        return {(row["wave_id"], row["breakdown"], row["group_code"]): row for row in found}

    @cached_property
    def findings(self) -> list[Row]:
        """The claims and what each wave says of them; none where the survey makes none."""
        return self.table("findings", "finding_id, wave_id")

    @cached_property
    def abbreviations(self) -> Mapping[str, str]:
        """What organisations are called for short, as they are now or were at last."""
        found = self.table("dim_organisations", "valid_from")
        return {
            row["organisation_code"]: row["abbreviation"] for row in found if row["abbreviation"]
        }

    def write_csv(self, query: str, path: Path) -> None:
        """Write what a query gives as csv, nothing rounded."""
        self._connection.execute(f"copy ({query}) to {literal(str(path))} (header)")


def score_of(theme_id: str) -> str:
    """The key of a theme's score among items."""
    return f"{SCORE}:{theme_id}"


def _item(row: Row) -> str:
    return score_of(row["theme_id"]) if row["item_id"] == SCORE else row["item_id"]
