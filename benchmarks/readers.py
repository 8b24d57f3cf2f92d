"""What a reader waits for: each of the fifteen queries of docs/queries on the published sample waves, warm.

What belongs here: the queries and the clock. What does not: what they answer, which a test holds to the pages.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.homes import sample
from benchmarks.measuring import in_turns, timed
from benchmarks.parts import Part, Row
from orchestration.settings import PROJECT

QUERIES = PROJECT / "docs" / "queries"
QUERY = re.compile(r"```sql\n(.*?)```", re.DOTALL)


def measure(folder: Path, *, is_trial: bool) -> Part:
    """A reading for each query, and the slowest in milliseconds."""
    file = sample(folder) / "published" / "marts.duckdb"
    with duckdb.connect(str(file), read_only=True) as connection:

        def answer(queries: list[str]) -> None:
            for query in queries:
                connection.execute(query).fetchall()

        ways = {
            page.stem: partial(timed, partial(answer, QUERY.findall(page.read_text("utf-8"))))
            for page in sorted(QUERIES.glob("[0-9]*.md"))
        }
        found = in_turns(ways, 1 if is_trial else 11)
    readings = [Row.of("query", "DuckDB", name, reading) for name, reading in found.items()]
    slowest = max(reading.wall for reading in found.values())
    return Part(readings, {"queries": len(readings), "slowest_milliseconds": slowest * 1000})
