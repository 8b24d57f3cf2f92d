"""What Superset imports is made from the published file, whatever the survey."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from integrations.superset.bundle import (
    BundleError,
    bundle,
    columns_of,
    duckdb_address,
    labelled_dataset,
    published_dataset,
    published_tables,
)

DEFINITION = {
    "table_name": "scores_with_labels",
    "uuid": "5a1d4f0e-2c1b-5f0a-9d5e-6c1f4f7b8bff",
    "table": "scores",
    "labels": {"wave": "dim_waves.label_en"},
    "sql": "select scores.*, label_en as wave from scores join dim_waves using (wave_id)",
    "figures": ["mean"],
}


@pytest.fixture
def marts() -> Iterator[duckdb.DuckDBPyConnection]:
    """The tables of a survey that nobody has held."""
    with duckdb.connect() as connection:
        connection.execute("""
            create table scores (wave_id varchar, mean double, held date);
            comment on table scores is 'One row per wave.';
            comment on column scores.wave_id is 'The wave.';
            comment on column scores.mean is 'Weighted mean.';
            comment on column scores.held is 'When it was held.';
            create table dim_waves (wave_id varchar, label_en varchar);
            comment on table dim_waves is 'One row per wave.';
            comment on column dim_waves.label_en is 'The label of the wave.';
            insert into scores values ('1', 2.5, null), ('2', null, null), ('3', 1.0, null), ('3', 1.0, null);
        """)
        yield connection


def labelled(marts: duckdb.DuckDBPyConnection, **other: object) -> dict[str, object]:
    definition = DEFINITION | other
    columns = columns_of(marts, str(definition["sql"]))
    return labelled_dataset(definition, columns, published_tables(marts), "main")


def test_a_dataset_has_the_columns_types_and_descriptions_of_the_table(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    dataset = published_dataset(published_tables(marts)["scores"], "main")
    assert dataset["description"] == "One row per wave."
    assert [
        (of["column_name"], of["type"], of["description"], of["is_dttm"])
        for of in dataset["columns"]
    ] == [
        ("wave_id", "VARCHAR", "The wave.", False),
        ("mean", "DOUBLE", "Weighted mean.", False),
        ("held", "DATE", "When it was held.", True),
    ]


def test_a_label_is_described_as_the_column_that_it_comes_from(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    columns = labelled(marts)["columns"]
    assert isinstance(columns, list)
    assert columns[-1]["column_name"] == "wave"
    assert columns[-1]["description"] == "The label of the wave."


def test_a_column_that_nothing_describes_is_refused(marts: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(BundleError, match="Nothing describes wave of scores_with_labels"):
        labelled(marts, labels={})


def test_a_figure_is_the_published_one_or_none(marts: duckdb.DuckDBPyConnection) -> None:
    metrics = labelled(marts)["metrics"]
    assert isinstance(metrics, list)
    (expression,) = [of["expression"] for of in metrics if of["metric_name"] == "published_mean"]
    found = marts.execute(f"select wave_id, {expression} from scores group by all order by 1")
    assert found.fetchall() == [("1", 2.5), ("2", None), ("3", None)]


def test_the_file_is_opened_to_be_read_and_nothing_else() -> None:
    address = duckdb_address(Path("/there/marts.duckdb"))
    assert address.startswith("duckdb:////there/marts.duckdb?")
    assert "access_mode=READ_ONLY" in address
    assert "enable_external_access=false" in address


def test_the_tables_of_the_mirror_are_in_its_schema(
    marts: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    for folder in ("databases", "datasets"):
        (tmp_path / folder).mkdir()
    (tmp_path / "metadata.yaml").write_text("type: assets", encoding="utf-8")
    (tmp_path / "databases" / "marts.yaml").write_text("uuid: one", encoding="utf-8")
    files = bundle(marts, "postgresql://reader@server/waves", tmp_path)
    assert "schema: marts" in files["datasets/marts/scores.yaml"]
    assert "sqlalchemy_uri: postgresql://reader@server/waves" in files["databases/marts.yaml"]
    assert (
        "schema: main"
        in bundle(marts, "duckdb:////m.duckdb", tmp_path)["datasets/marts/scores.yaml"]
    )
