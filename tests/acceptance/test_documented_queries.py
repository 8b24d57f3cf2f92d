"""The queries in the guides run, and show what the guides say that they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.settings import PROJECT
from tests.acceptance.conftest import Warehouse

pytestmark = pytest.mark.slow

GUIDES = sorted((PROJECT / "docs").rglob("*.md"))
# A query, and the table that stands below it, if one does.
QUERY = re.compile(r"```sql\n(?P<sql>.*?)```\n+(?P<table>(?:\|[^\n]*\n)*)", re.DOTALL)
# What is asked of the published file, and not of the warehouse or of another program's copy.
PUBLISHED = re.compile(r"^(select|with|from|pivot)\b")
ELSEWHERE = re.compile(r"\b(raw|staging|intermediate|read_parquet)\b|<")


def documented() -> Iterator[tuple[str, str, list[list[str]]]]:
    """The guide, the query and the rows that it is said to show, of every query on published tables."""
    for guide in GUIDES:
        for found in QUERY.finditer(guide.read_text(encoding="utf-8")):
            if PUBLISHED.match(found["sql"]) and not ELSEWHERE.search(found["sql"]):
                rows = [
                    [cell.strip() for cell in line.strip().strip("|").split("|")]
                    for line in found["table"].splitlines()
                ]
                yield guide.name, found["sql"], rows


QUERIES = list(documented())
# A query of the readme, and the box that it prints.
PRINTED = re.compile(r'```sh\nquery "(?P<sql>[^"]*)"\n```\n```\n(?P<box>[^`]*)```')


def test_the_guide_for_analysts_has_queries() -> None:
    assert sum(name == "analysts.md" for name, _, _ in QUERIES) >= 10


@pytest.mark.parametrize(
    ("sql", "shown"),
    [(sql, shown) for _, sql, shown in QUERIES],
    ids=[f"{Path(name).stem}-{number}" for number, (name, _, _) in enumerate(QUERIES, 1)],
)
def test_a_query_shows_what_its_guide_says(
    sample: Warehouse, sql: str, shown: list[list[str]]
) -> None:
    with sample.published() as marts:
        found = marts.execute(sql)
        names = [column[0] for column in found.description]
        rows = [["" if cell is None else str(cell) for cell in row] for row in found.fetchall()]
    assert rows
    if shown:
        header, _, *body = shown
        assert header == names
        assert body == rows


def test_the_queries_of_the_readme_print_what_it_says(sample: Warehouse) -> None:
    printed = list(PRINTED.finditer((PROJECT / "README.md").read_text(encoding="utf-8")))
    assert len(printed) == 3
    with sample.published() as marts:
        for found in printed:
            assert str(marts.sql(found["sql"])).split() == found["box"].split()
