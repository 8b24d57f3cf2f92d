"""The dashboard that Apache Superset shows is what is published, chart by chart, and only that."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.acceptance.conftest import Warehouse
from tests.superset import (
    Dashboard,
    Outside,
    Row,
    browser_page,
    make_environment,
    nothing_outside,
    superset_server,
)

pytestmark = pytest.mark.slow

# Each chart that pivots: its axis, and a query for axis, series and figure, every label its own.
PIVOTED = {
    "Theme scores by role": (
        "theme",
        """
        select theme_id || ' ' || dim_themes.label_en, dim_groups.label_en || ', ' || dim_waves.label_en, mean
        from theme_results
        join dim_themes using (theme_id) join dim_waves using (wave_id) join dim_groups using (breakdown, group_code)
        where breakdown = 'role' and dim_waves.label_en = $wave
        """,
    ),
    "Coverage by organisation": (
        "group_label",
        """
        select dim_groups.label_en, dim_waves.label_en, coverage
        from response join dim_waves using (wave_id) join dim_groups using (breakdown, group_code)
        where breakdown = 'organisation' and dim_waves.label_en = $wave
        """,
    ),
    "Favourable share by wave": (
        "wave",
        """
        select dim_waves.label_en, theme_id || ' ' || dim_themes.label_en, favourable_share
        from theme_results join dim_themes using (theme_id) join dim_waves using (wave_id)
        where breakdown = 'total'
        """,
    ),
    "Findings by verdict": (
        "wave",
        """
        select dim_waves.label_en, status, count(*)
        from findings join dim_waves using (wave_id) group by all
        """,
    ),
    "Answers to each item": (
        "item",
        """
        select item_id || ' ' || dim_items.label_en,
            answer || ' ' || dim_answers.label_en || ', ' || dim_waves.label_en, share
        from item_distributions as shares
        join dim_waves using (wave_id) join dim_items using (item_id)
        join dim_themes on shares.theme_id = dim_themes.theme_id
        join dim_item_versions as versions using (wave_id, item_id) join dim_answers using (scale_id, answer)
        where breakdown = 'total' and dim_waves.label_en = $wave
            and shares.theme_id || ' ' || dim_themes.label_en = $theme
        """,
    ),
}
# Each chart whose rows are shown as they are: its columns, and a query for the same.
LISTED = {
    "Ministries and themes": (
        "theme, group_label, published_mean",
        """
        select theme_id || ' ' || dim_themes.label_en, dim_groups.label_en, mean
        from theme_results join dim_themes using (theme_id) join dim_waves using (wave_id)
        join dim_groups using (breakdown, group_code)
        where breakdown = 'ministry' and dim_waves.label_en = $wave
        """,
    ),
    "Theme scores by ministry, with intervals": (
        "theme, group_label, respondents, mean, ci_low, ci_high, favourable_share, suppression_reason",
        """
        select theme_id || ' ' || dim_themes.label_en, dim_groups.label_en,
            theme_results.respondents, mean, ci_low, ci_high, favourable_share, suppression_reason
        from theme_results join dim_themes using (theme_id) join dim_waves using (wave_id)
        join dim_groups using (breakdown, group_code)
        where breakdown = 'ministry' and dim_waves.label_en = $wave
        """,
    ),
    "Changes since the wave before": (
        "theme, group_label, respondents, previous_mean, mean, difference, standard_error, p_holm, verdict",
        """
        select theme_id || ' ' || dim_themes.label_en, dim_groups.label_en,
            trends.respondents, previous_mean, mean, difference, standard_error, p_holm, verdict
        from trends join dim_themes using (theme_id) join dim_waves using (wave_id)
        join dim_groups using (breakdown, group_code)
        where item_id = 'score' and breakdown in ('total', 'role') and dim_waves.label_en = $wave
        """,
    ),
    "What each claim came to": (
        "finding_id, statement_en, status, respondents, difference, p_holm, suppression_reason",
        """
        select finding_id, statement_en, status, findings.respondents, difference, p_holm, suppression_reason
        from findings join dim_waves using (wave_id) where dim_waves.label_en = $wave
        """,
    ),
    "Items by role": (
        "item, group_label, respondents, mean, ci_low, ci_high, favourable_share, rank_in_theme",
        """
        select item_id || ' ' || dim_items.label_en, dim_groups.label_en,
            results.respondents, mean, ci_low, ci_high, favourable_share, rank_in_theme
        from item_results as results join dim_waves using (wave_id) join dim_items using (item_id)
        join dim_themes on results.theme_id = dim_themes.theme_id
        join dim_groups using (breakdown, group_code)
        where breakdown = 'role' and dim_waves.label_en = $wave
            and results.theme_id || ' ' || dim_themes.label_en = $theme
        """,
    ),
}
WAVES = "select label_en from dim_waves order by 1"
THEMES = "select theme_id || ' ' || label_en from dim_themes order by 1"


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    """Whom the server would have to ask for anything that is not on this machine."""
    with nothing_outside() as proxy:
        yield proxy


@pytest.fixture(scope="module")
def home(sample: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is published, as one test publishes again."""
    copied = tmp_path_factory.mktemp("superset") / "home"
    shutil.copytree(sample.home / "published", copied / "published", symlinks=True)
    return copied


@pytest.fixture(scope="module")
def dashboard(home: Path, outside: Outside) -> Iterator[Dashboard]:
    """The dashboard in a browser, every chart of it opened once."""
    make_environment()
    state = home.with_name("state")
    with superset_server(home, state, outside) as url, browser_page() as page:
        opened = Dashboard(url, page)
        opened.log_in((state / "admin.password").read_text(encoding="utf-8"))
        opened.look_at_everything("survey-results")
        yield opened


@pytest.fixture
def published(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """What readers open, while Superset serves it."""
    marts = home / "published" / "marts.duckdb"
    with duckdb.connect(str(marts), read_only=True) as connection:
        yield connection


def one_column(marts: duckdb.DuckDBPyConnection, query: str) -> list[Any]:
    return [row[0] for row in marts.execute(query).fetchall()]


def choices(marts: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, str]]:
    """Everything that a reader can choose in the filters that the query of a chart knows."""
    waves = one_column(marts, WAVES) if "$wave" in query else [None]
    themes = one_column(marts, THEMES) if "$theme" in query else [None]
    return [
        {name: value for name, value in (("wave", wave), ("theme", theme)) if value}
        for wave in waves
        for theme in themes
    ]


def unpivoted(rows: Sequence[Row], axis: str) -> Counter[tuple[Any, ...]]:
    """Axis, series and figure of each figure that a pivoted chart shows."""
    return Counter(
        (row[axis], series, figure)
        for row in rows
        for series, figure in row.items()
        if series != axis and figure is not None
    )


def test_every_chart_is_compared(dashboard: Dashboard) -> None:
    assert set(dashboard.shown) == set(PIVOTED) | set(LISTED)


@pytest.mark.parametrize("chart", PIVOTED)
def test_a_pivoted_chart_shows_the_published_figures(
    dashboard: Dashboard, published: duckdb.DuckDBPyConnection, chart: str
) -> None:
    axis, query = PIVOTED[chart]
    compared = 0
    for chosen in choices(published, query):
        figures = published.execute(query, chosen).fetchall()
        expected = Counter(row for row in figures if row[-1] is not None)
        assert unpivoted(dashboard.rows(chart, **chosen), axis) == expected, chosen
        compared += len(expected)
    assert compared
    print(f"{chart}: {compared} figures")


@pytest.mark.parametrize("chart", LISTED)
def test_a_listed_chart_shows_the_published_rows(
    dashboard: Dashboard, published: duckdb.DuckDBPyConnection, chart: str
) -> None:
    columns, query = LISTED[chart]
    compared = 0
    for chosen in choices(published, query):
        expected = Counter(published.execute(query, chosen).fetchall())
        shown = dashboard.rows(chart, **chosen)
        assert (
            Counter(tuple(row[name] for name in columns.split(", ")) for row in shown) == expected
        )
        compared += sum(sum(value is not None for value in row) for row in expected.elements())
    assert compared
    print(f"{chart}: {compared} values")


def test_the_newest_wave_and_one_theme_are_chosen_at_first(
    dashboard: Dashboard, published: duckdb.DuckDBPyConnection
) -> None:
    chosen = {"wave": one_column(published, WAVES)[-1], "theme": one_column(published, THEMES)[0]}
    for chart, (_, query) in {**PIVOTED, **LISTED}.items():
        filters = dashboard.queries[chart]["queries"][0]["filters"]
        found = {of["col"]: of["val"] for of in filters if of["col"] in chosen}
        assert found == {name: [of] for name, of in chosen.items() if f"${name}" in query}, chart


def test_no_figure_is_made_of_several(
    dashboard: Dashboard, published: duckdb.DuckDBPyConnection
) -> None:
    query = """
        select theme_id || ' ' || dim_themes.label_en, dim_groups.label_en
        from theme_results join dim_themes using (theme_id) join dim_groups using (breakdown, group_code)
        where breakdown = 'ministry' group by all having count(*) > 1
    """
    several = set(published.execute(query).fetchall())
    assert several
    rows = dashboard.rows("Ministries and themes", wave=None)
    shown = {(row["theme"], row["group_label"]): row["published_mean"] for row in rows}
    assert {key for key in several if shown[key] is not None} == set()


def test_hidden_figures_stay_empty(
    dashboard: Dashboard, published: duckdb.DuckDBPyConnection
) -> None:
    keys = ["wave_id", "item_id", "breakdown", "group_code"]
    figures = ["published_mean", "published_favourable_share", "published_respondents"]
    (hidden,) = one_column(published, "select count(*) from item_results where is_suppressed")
    query = dashboard.queries["Items by role"]
    asked = {
        "datasource": query["datasource"],
        "queries": [
            {
                "columns": keys,
                "metrics": figures,
                "filters": [{"col": "is_suppressed", "op": "IS TRUE"}],
                "row_limit": 10000,
            }
        ],
    }
    answer = dashboard.post("/api/v1/chart/data", asked)
    rows = answer.json()["result"][0]["data"]
    assert len(rows) == hidden > 0
    assert {row[figure] for row in rows for figure in figures} == {None}


def test_every_table_and_column_is_described_as_published(
    dashboard: Dashboard, published: duckdb.DuckDBPyConnection
) -> None:
    listed = dashboard.get("/api/v1/dataset/?q=(page_size:100)")
    numbers = ",".join(str(dataset["id"]) for dataset in listed)
    answer = dashboard.page.request.get(f"{dashboard.url}/api/v1/dataset/export/?q=!({numbers})")
    with zipfile.ZipFile(io.BytesIO(answer.body())) as exported:
        files = [yaml.safe_load(exported.read(name)) for name in exported.namelist()]
    datasets = {file["table_name"]: file for file in files if "table_name" in file}
    comments = published.execute("""
        select table_name, column_name, coalesce(columns.comment, ''), tables.comment
        from duckdb_columns() as columns join duckdb_tables() as tables using (table_name)
        where columns.schema_name = 'main'
    """).fetchall()
    described = {
        (name, column["column_name"], column["description"], dataset["description"])
        for name, dataset in datasets.items()
        for column in dataset["columns"]
    }
    trimmed = {
        (table, column, text.strip(), of_table.strip())
        for table, column, text, of_table in comments
    }
    assert trimmed <= described
    # Those that put labels beside a table lie in no file: each column of theirs says what it is.
    labelled = [file for file in datasets.values() if file["sql"]]
    assert len(labelled) == 6
    assert all(column["description"] for file in labelled for column in file["columns"])


def test_nothing_can_be_written_and_no_other_file_read(dashboard: Dashboard, home: Path) -> None:
    (database,) = dashboard.get("/api/v1/database/")
    path = f"/api/v1/database/{database['id']}"

    def refused(sql: str) -> str:
        asked = {"database_id": database["id"], "sql": sql, "schema": "main", "runAsync": False}
        answer = dashboard.post("/api/v1/sqllab/execute/", asked)
        assert not answer.ok, answer.text()
        return answer.text()

    for sql in ("create table mine as select 1 as one", "delete from findings"):
        assert "DML" in refused(sql) or "mutat" in refused(sql)
    # Also where an administrator lets statements through, the file itself is not open for writing.
    assert dashboard.post(path, {"allow_dml": True}, method="PUT").ok
    for sql in ("create table mine as select 1 as one", "delete from findings"):
        assert "read-only" in refused(sql)
    assert "disabled" in refused(f"select * from read_text('{home.with_name('state')}/secret.key')")
    assert dashboard.post(path, {"allow_dml": False}, method="PUT").ok


def test_a_new_publication_shows_in_the_next_query(dashboard: Dashboard, home: Path) -> None:
    chart, query = "Favourable share by wave", PIVOTED["Favourable share by wave"][1]
    before = unpivoted(dashboard.rows(chart), "wave")
    builds = home / "published" / "builds"
    shutil.copytree((home / "published" / "current").resolve(), builds / "corrected")
    corrected = builds / "corrected" / "marts.duckdb"
    corrected.chmod(0o644)
    with duckdb.connect(str(corrected)) as writing:
        writing.execute("update theme_results set favourable_share = favourable_share / 2")
        expected = Counter(writing.execute(query).fetchall())
    link = home / "published" / "next"
    link.symlink_to("builds/corrected")
    link.replace(home / "published" / "current")
    after = unpivoted(dashboard.rows(chart), "wave")
    assert after == expected
    assert not after & before
    # Nothing keeps the file between two queries, so even a writer gets in.
    with duckdb.connect(str(corrected)) as writing:
        writing.execute("select 1")


def test_nobody_outside_was_asked(dashboard: Dashboard, outside: Outside) -> None:
    assert dashboard.shown
    assert dashboard.asked_outside == []
    assert outside.asked == []
