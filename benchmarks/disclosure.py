"""Disclosure control attacked: surveys tried, what is hidden and what is pinned, with each rule on and off.

What belongs here: the tables in docs/disclosure.md. What does not: the attack, which the tests have.

    python -m benchmarks.disclosure [HOME]

With a home, also how much is hidden in its warehouse, and how little could be.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb

from orchestration.disclosure.adding_up import is_without_value
from orchestration.disclosure.hiding import Rules
from orchestration.disclosure.waves import REST, decisions
from tests.attacks import MINIMUM, RULES, try_surveys
from tests.optimum import fewest_hidden

SURVEYS = 25


def main() -> None:
    """Print the table."""
    print("| surveys | rules | tried | constraints | groups hidden | groups attacked | pinned |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for row in rows():
        print(f"| {' | '.join(row)} |")
    if sys.argv[1:]:
        print("| wave | groups of items and scores | hidden | the least that can be |")
        print("| --- | --- | --- | --- |")
        for row in hidden_and_least(Path(sys.argv[1])):
            print(f"| {' | '.join(row)} |")


def rows() -> Iterator[tuple[str, ...]]:
    """The rows of the table, as text."""
    for weighted in (False, True):
        kind = "weighted, 500 to 4,000 people" if weighted else "unweighted, 40 to 600 people"
        for off in (None, *RULES):
            found = try_surveys(range(SURVEYS), weighted=weighted, off=off)
            numbers = (found.surveys, found.constraints, found.hidden, found.attacked, found.pinned)
            yield (
                kind,
                f"without: {off}" if off else "all",
                *(f"{number:,}" for number in numbers),
            )


def hidden_and_least(home: Path) -> Iterator[tuple[str, ...]]:
    """For each wave of a warehouse: groups counted, hidden, and the least number that is enough."""
    groups, hidden, least = Counter[str](), Counter[str](), Counter[str]()
    with duckdb.connect(home / "warehouse.duckdb", read_only=True) as connection:
        found = decisions(
            connection.sql("from intermediate.int_subject_counts")
            .order("wave_id, kind, subject_id, trend_wave_id, breakdown, group_code")
            .to_arrow_table(),
            connection.execute(
                "select breakdown, attribute_1, attribute_2 from codebook.breakdowns order by position"
            ).fetchall(),
            connection.execute(
                """
                select wave_id, attribute_id, within_attribute_id, group_code, within_group_code
                from intermediate.int_nested_groups order by all
                """
            ).fetchall(),
            connection.execute(
                """
                select wave_id, breakdown, group_code, lowest_weight, highest_weight
                from intermediate.int_group_weights order by all
                """
            ).fetchall(),
            MINIMUM,
        )
        for decision in found:
            wave = decision.subject[0]
            own = [
                group
                for group in decision.hidden
                if not is_without_value(group) and group[1] != REST
            ]
            groups[wave] += sum(not is_without_value(group) for group in decision.parts.counts)
            hidden[wave] += len(own)
            if own:
                least[wave] += fewest_hidden(decision.parts, Rules(MINIMUM), decision.already)
    for wave in sorted(groups):
        yield wave, f"{groups[wave]:,}", f"{hidden[wave]:,}", f"{least[wave]:,}"


if __name__ == "__main__":
    main()
