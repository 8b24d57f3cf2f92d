"""The way of the sample waves, from their files to what readers open."""

from __future__ import annotations

import json
import stat
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from orchestration.codebook import Codebook
from orchestration.settings import PROJECT
from tests.acceptance.conftest import Warehouse

pytestmark = pytest.mark.slow

THEMES = (
    "general_views",
    "competences",
    "public_values",
    "societal_developments",
    "organisational_developments",
    "personnel_policy",
    "dissent_and_dilemmas",
)
THEME_TABLES = {f"{theme}_by_{by}" for theme in THEMES for by in ("role", "domain", "ministry")}


def _checksums(folder: Path) -> dict[Path, str]:
    return {
        path: sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_theme_has_a_table_by_role_domain_and_ministry(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    tables = {row[0] for row in marts.execute("select table_name from duckdb_tables()").fetchall()}
    assert tables >= THEME_TABLES
    for table in sorted(THEME_TABLES):
        waves = marts.execute(f"select count(distinct wave_id) from marts.{table}").fetchone()
        assert waves == (3,), table


def test_integrity_is_first_and_inclusiveness_last_of_the_values_in_every_domain(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    rows = marts.execute(
        """
        select group_code, arg_max(item_id, mean), arg_min(item_id, mean)
        from marts.public_values_by_domain where wave_id = '2022' group by group_code
        """
    ).fetchall()
    assert len(rows) == 4
    assert {row[1:] for row in rows} == {("V01", "V18")}


def test_counts_and_means_are_those_of_the_delivered_file(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    """Read and counted anew with SQL over the file itself, without the warehouse's models."""
    file = PROJECT / "seeds" / "waves" / "vakmanschap_2022.csv"
    codebook = PROJECT / "seeds" / "codebook"
    expected = duckdb.sql(
        f"""
        with codes as (
            select source_column, item_id, code, answer
            from read_csv('{codebook}/item_versions.csv', all_varchar = true)
            join read_csv('{codebook}/answer_codes.csv', all_varchar = true) using (code_list)
            where wave_id = '2022'
        ),
        answers as (
            unpivot (from read_csv('{file}', all_varchar = true))
            on columns('^v[0-9]') into name source_column value code
        )
        select item_id, functie, count(*), avg(answer::integer)
        from answers join codes using (source_column, code)
        where answer::integer > 0 group by all
        """
    ).fetchall()
    published = {
        row[:2]: row[2:]
        for row in marts.execute(
            """
            select item_id, group_code, respondents, mean_unweighted
            from marts.item_results where wave_id = '2022' and breakdown = 'role'
            """
        ).fetchall()
    }
    roles = {
        row["code"]: row["group_code"]
        for row in Codebook(codebook).table("attribute_codes")
        if row["wave_id"] == "2022" and row["attribute_id"] == "role"
    }
    assert len(expected) == 2 * 93
    for item_id, role, respondents, mean in expected:
        assert published[item_id, roles[role]] == (respondents, pytest.approx(mean, rel=1e-12))


def test_weighted_groups_stand_for_their_headcount(sample: Warehouse) -> None:
    with sample.built() as connection:
        differing = connection.execute(
            """
            with cells as (
                select wave_id, stratum, population_role as role, sum(weight / weight_scale) as weight
                from staging.stg_responses
                join staging.stg_backgrounds using (wave_id, respondent_key, stratum)
                join staging.stg_weight_scales using (wave_id)
                group by all
            )
            select wave_id, if(is_weight_shared, 'shared', concat(stratum, role)) as stands_for
            from cells
            join codebook.population using (wave_id, stratum, role)
            join staging.stg_post_strata using (wave_id, stratum, role)
            group by all
            having abs(sum(weight) / sum(population.headcount) - 1) > 1e-9
            """
        ).fetchall()
    # Small strata stand for their headcount together. Roles that somebody left blank would lend a part
    # of the headcount; the sample waves have none.
    assert differing == []


def test_synthetic_waves_say_so_wherever_they_appear(marts: duckdb.DuckDBPyConnection) -> None:
    assert marts.execute("select bool_and(is_synthetic) from marts.dim_waves").fetchone() == (True,)
    row = marts.execute("select description from marts.publication").fetchone()
    assert row is not None
    assert "synthetic" in row[0]
    for table in sorted(THEME_TABLES):
        assert marts.execute(f"select bool_and(is_synthetic) from marts.{table}").fetchone() == (
            True,
        )


def test_no_group_below_ten_is_shown_nor_counted(marts: duckdb.DuckDBPyConnection) -> None:
    small = marts.execute(
        """
        select count(*) from marts.item_results
        where respondents < 10 or (is_suppressed and coalesce(respondents, mean) is not null)
        """
    ).fetchone()
    hidden = marts.execute("select count(*) from marts.item_results where is_suppressed").fetchone()
    assert small == (0,)
    assert hidden is not None
    assert hidden[0] > 0


def test_nothing_published_holds_a_respondent(sample: Warehouse) -> None:
    with sample.published() as connection:
        columns = connection.execute("select distinct column_name from duckdb_columns()").fetchall()
    assert not {"respondent_key", "respondentnr", "profile_id"} & {row[0] for row in columns}


def test_every_published_table_is_parquet_too_and_in_the_manifest(sample: Warehouse) -> None:
    published = sample.home / "published"
    manifest = json.loads((published / "manifest.json").read_text())
    with sample.published() as connection:
        tables = dict(
            connection.execute(
                "select table_name, estimated_size from duckdb_tables() where table_name <> 'publication'"
            ).fetchall()
        )
        build = connection.execute("select build_id from marts.publication").fetchone()
    assert build == (manifest["build_id"],)
    assert {name: table["rows"] for name, table in manifest["tables"].items()} == tables
    for name, table in manifest["tables"].items():
        parquet = published / "parquet" / f"{name}.parquet"
        assert duckdb.sql(f"select count(*) from '{parquet}'").fetchone() == (table["rows"],)
        assert sha256(parquet.read_bytes()).hexdigest() == table["parquet_sha256"]


def test_every_check_passed_and_is_on_record(sample: Warehouse) -> None:
    with sample.built() as connection:
        counts = connection.execute(
            "select tool, count(*), count(*) filter (status = 'passed') from audit.checks group by tool"
        ).fetchall()
    assert {row[0] for row in counts} == {"dbt", "great_expectations"}
    assert all(every == passed > 0 for _, every, passed in counts), counts
    assert (sample.home / "quality" / "index.html").exists()


def test_a_second_run_has_nothing_to_do_and_changes_no_byte(sample: Warehouse) -> None:
    before = _checksums(sample.home)
    done = sample.run(PROJECT / "seeds" / "waves")
    assert "Nothing is new" in done.stdout
    assert _checksums(sample.home) == before


def test_readers_reach_what_is_published_and_nothing_else(sample: Warehouse) -> None:
    def is_open(path: Path) -> bool:
        return all(
            each.stat().st_mode & (stat.S_IXOTH if each.is_dir() else stat.S_IROTH)
            for each in (path, *path.parents)
            if each.is_relative_to(sample.home)
        )

    readable = {path for path in sample.home.rglob("*") if path.is_file() and is_open(path)}
    assert readable
    assert {path.relative_to(sample.home).parts[0] for path in readable} == {"published"}
    assert not [path for path in readable if path.stat().st_mode & 0o222]
