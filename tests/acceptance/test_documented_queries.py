"""The queries in the guides run, and show what the guides say that they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.settings import PROJECT
from tests.acceptance.conftest import Warehouse
from tests.documents import Query, programs, queries

pytestmark = pytest.mark.slow

DOCS = PROJECT / "docs"
WORKED = sorted((DOCS / "queries").glob("[0-9]*.md"))
GUIDES = sorted(DOCS.rglob("*.md"))
# What is asked of the published file, and not of the warehouse or of another program's copy.
PUBLISHED = re.compile(r"^(select|with|from|pivot)\b")
ELSEWHERE = re.compile(r"\b(raw|staging|intermediate|read_parquet)\b|<\w")


def documented() -> Iterator[tuple[Path, Query]]:
    """Every query on published tables, with its guide."""
    for guide in GUIDES:
        for query in queries(guide):
            if PUBLISHED.match(query.sql) and not ELSEWHERE.search(query.sql):
                yield guide, query


QUERIES = list(documented())
# A query of the readme, and the box that it prints.
PRINTED = re.compile(r'```sh\nquery "(?P<sql>[^"]*)"\n```\n```\n(?P<box>[^`]*)```')
# A query in a program in R.
IN_R = re.compile(r'dbGetQuery\(marts, "(?P<sql>[^"]*)"(?:,\s*params = list\((?P<values>[^)]*)\))?')


def test_each_worked_query_has_its_question_its_result_and_a_line_in_the_index() -> None:
    assert len(WORKED) == 15
    index = (DOCS / "queries" / "README.md").read_text(encoding="utf-8")
    for page in WORKED:
        text = page.read_text(encoding="utf-8")
        shown = [query for guide, query in QUERIES if guide == page]
        assert shown, page.name
        assert all(query.shown for query in shown), page.name
        assert "**Question.**" in text, page.name
        assert "**How to read it.**" in text, page.name
        assert f"({page.name})" in index, page.name


@pytest.mark.parametrize(
    "query",
    [query for _, query in QUERIES],
    ids=[f"{guide.stem}-{number}" for number, (guide, _) in enumerate(QUERIES, 1)],
)
def test_a_query_shows_what_its_guide_says(sample: Warehouse, query: Query) -> None:
    with sample.published() as marts:
        found = marts.execute(query.sql)
        names = [column[0] for column in found.description]
        rows = [["" if cell is None else str(cell) for cell in row] for row in found.fetchall()]
    assert rows
    if query.shown:
        header, _, *body = query.shown
        assert header == names
        assert body == rows


def test_the_queries_of_the_readme_print_what_it_says(sample: Warehouse) -> None:
    printed = list(PRINTED.finditer((PROJECT / "README.md").read_text(encoding="utf-8")))
    assert len(printed) == 3
    with sample.published() as marts:
        for found in printed:
            assert str(marts.sql(found["sql"])).split() == found["box"].split()


def test_the_queries_of_the_page_for_r_run(sample: Warehouse) -> None:
    code = "".join(program.code for program in programs(DOCS / "clients" / "r.md", "r"))
    found = list(IN_R.finditer(code))
    assert len(found) == code.count("dbGetQuery(")
    with sample.published() as marts:
        for query in found:
            values = [value.strip(' "') for value in (query["values"] or "").split(",") if value]
            assert marts.execute(query["sql"], values).fetchall(), query["sql"]
        (by_command_line,) = re.findall(r'^sql <- "([^"]*)"', code, re.MULTILINE)
        assert marts.execute(by_command_line).fetchall()


def test_the_programs_of_the_page_for_python_print_what_it_says(
    sample: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "data").symlink_to(sample.home)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    found = list(programs(DOCS / "clients" / "python.md", "python"))
    assert sum(program.output is not None for program in found) >= 6
    for program in found:
        exec(program.code, names)
        printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
        assert printed == (program.output or "").splitlines(), program.code
