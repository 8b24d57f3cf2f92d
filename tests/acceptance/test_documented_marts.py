"""What is said of the published marts is true of them: every column, when it is empty, what it is made from."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from orchestration.documentation.lineage import Lineage, column_lineage
from orchestration.documentation.tables import Column, Table, published_tables
from tests.acceptance.conftest import Warehouse

pytestmark = pytest.mark.slow

Columns = Mapping[str, Column]

# What the population, the questionnaire and the plan of testing say.
NOT_OF_RESPONDENTS = {"headcount", "family_size", "terms", "items_asked", "items_shared"}


@pytest.fixture(scope="module")
def site(sample: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the sample waves, as the command writes it."""
    folder = tmp_path_factory.mktemp("site")
    done = sample.vakwerk("docs", "--output", folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def lineage(sample: Warehouse) -> Lineage:
    return column_lineage(_manifest(sample))


@pytest.fixture(scope="module")
def tables(sample: Warehouse, lineage: Lineage) -> Mapping[str, Table]:
    return {table.name: table for table in published_tables(_manifest(sample), lineage)}


def _manifest(sample: Warehouse) -> Mapping[str, object]:
    manifest: Mapping[str, object] = json.loads((sample.home / "dbt" / "manifest.json").read_text())
    return manifest


def _columns(marts: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str | None]]:
    return marts.execute(
        """
        select table_name, column_name, lower(data_type), comment
        from duckdb_columns() where not internal order by table_name, column_index
        """
    ).fetchall()


def test_every_table_and_column_of_the_published_file_has_a_comment(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    commented = marts.execute(
        "select table_name, comment from duckdb_tables() where not internal"
    ).fetchall()

    assert len(commented) == 48
    assert [name for name, comment in commented if not comment] == []
    assert [
        f"{table}.{column}" for table, column, _, comment in _columns(marts) if not comment
    ] == []


def test_the_dictionary_is_of_the_published_file_column_by_column(
    marts: duckdb.DuckDBPyConnection, tables: Mapping[str, Table]
) -> None:
    described = [
        (table.name, column.name, column.data_type, column.description.strip())
        for table in sorted(tables.values(), key=lambda table: table.name)
        for column in table.columns
    ]

    assert described == [
        (table, column, data_type, (comment or "").strip())
        for table, column, data_type, comment in _columns(marts)
    ]


def test_the_page_has_every_column_of_the_published_file_once(
    marts: duckdb.DuckDBPyConnection, site: Path
) -> None:
    for language in ("en", "nl"):
        text = (site / f"tables_{language}.html").read_text(encoding="utf-8")
        shown = re.findall(r'class="entry" id="([^"]+)"', text)
        assert sorted(map(html.unescape, shown)) == sorted(
            f"{table}.{column}" for table, column, _, _ in _columns(marts)
        )


def test_what_is_said_to_be_null_when_hidden_is_and_nothing_else_that_tells_of_a_group(
    marts: duckdb.DuckDBPyConnection, tables: Mapping[str, Table]
) -> None:
    hidden_somewhere = 0
    for table in tables.values():
        columns: Columns = {column.name: column for column in table.columns}
        if "is_suppressed" not in columns:
            assert not any(column.is_null_when_hidden for column in table.columns), table.name
            continue
        flagged = {name for name, column in columns.items() if column.is_null_when_hidden}
        assert flagged, table.name
        counts = ", ".join(f"count({name})" for name in flagged)
        row = marts.execute(
            f"select count(*), {counts} from {table.name} where is_suppressed"
        ).fetchone()
        assert row is not None
        hidden_somewhere += bool(row[0])
        assert set(row[1:]) == {0}, table.name
        figures = {
            name for name, column in columns.items() if column.data_type in ("double", "bigint")
        }
        assert figures - flagged <= NOT_OF_RESPONDENTS, table.name
    assert hidden_somewhere > 5


def test_every_column_has_a_source_and_every_source_is_a_column_of_the_warehouse(
    sample: Warehouse, tables: Mapping[str, Table], lineage: Lineage
) -> None:
    with sample.built() as warehouse:
        known = {
            ".".join(row)
            for row in warehouse.execute(
                "select schema_name, table_name, column_name from duckdb_columns()"
            ).fetchall()
        }
    for (table, column), origins in lineage.items():
        assert set(origins) <= known, f"{table}.{column}"
    without = {place for place, origins in lineage.items() if not origins}
    # A count of rows is made from no column, nor is a name that the model writes itself.
    assert without == {
        ("suppression", "mart"),
        ("suppression", "rows_all"),
        ("suppression", "rows_under_minimum"),
    }
    assert lineage["public_values_by_role", "verdict_from_rest"] == (
        "marts.group_differences.verdict",
    )
    assert len(lineage) == sum(
        len(table.columns) for table in tables.values() if table.unique_id is not None
    )


def test_every_group_that_has_results_is_on_the_page_of_the_codebook(
    marts: duckdb.DuckDBPyConnection, site: Path
) -> None:
    text = html.unescape((site / "codebook_en.html").read_text(encoding="utf-8"))
    groups = marts.execute("select group_code, label_nl, label_en from dim_groups").fetchall()

    assert len(groups) > 80
    assert [
        code
        for code, dutch, english in groups
        if f"<td><code>{code}</code></td>"
        f'<td lang="nl">{dutch}</td><td lang="en">{english}</td>' not in text
    ] == []


def test_the_start_page_tells_the_build_and_links_what_is_there(
    sample: Warehouse, site: Path
) -> None:
    published = json.loads((sample.home / "published" / "manifest.json").read_text())
    text = (site / "index.html").read_text(encoding="utf-8")

    assert published["build_id"] in text
    assert published["published_at"] in text
    assert "Synthetic waves: 2022, 2024, 2026." in text
    for link in re.findall(r'href="(\.\.[^"]+)"', text):
        assert (site / link).exists(), link
    assert text.count(str(sample.home)) == 0


def test_every_check_of_the_last_build_is_on_its_page(sample: Warehouse, site: Path) -> None:
    published = json.loads((sample.home / "published" / "manifest.json").read_text())
    text = (site / "checks.html").read_text(encoding="utf-8")
    asked = [int(count) for count in re.findall(r'<p class="quiet">(\d+) checks, all kept', text)]
    deliveries = sum(
        len(json.loads(path.read_text())["results"])
        for path in (sample.home / "quality").glob("delivery_*.json")
    )

    of_audit = sum(published["checks"]["dbt"].values()) + sum(
        published["checks"]["great_expectations"].values()
    )
    assert text.count('<details class="entry"') == sum(asked)
    assert sum(asked) >= of_audit
    assert deliveries > 0
