"""A respondent who asks to be forgotten is gone from every file, and results are as if never there."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from orchestration.deliveries.erasure.person import Person, hidden_id
from orchestration.settings import Settings
from tests.acceptance.conftest import VAKWERK, Warehouse
from tests.acceptance.small_waves import WHO, WITHOUT_ROWS, corrected_with_person, with_person
from tests.builders import RESPONDENT, write_delivery
from tests.contents import contents
from tests.postgres import postgres_server, rows

pytestmark = pytest.mark.slow

# By what file and as how many-th a wave came is all that may differ, and what is named after these.
HISTORY = {"dim_waves": ["revision", "sha256"], "weighting": ["weight_version"]}
OF_DELIVERIES = {"deliveries", "publication"}


@pytest.fixture(scope="module")
def mirror() -> Iterator[str]:
    """The address of a database that shows what is published."""
    with postgres_server() as server:
        yield server.new_database("marts")


@pytest.fixture(scope="module")
def forgotten(small: Warehouse, mirror: str, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse that a person was in: loaded, refused, and waiting as a correction; and is no more."""
    folder = tmp_path_factory.mktemp("forgotten")
    warehouse = small.copy(folder)
    broken = write_delivery(folder / "wave_2022.sav", with_person(61) | {"v2": ["7"] * 61})
    assert warehouse.vakwerk("run", broken).returncode == 2
    write_delivery(warehouse.home / "landing" / "wave_2022.csv", corrected_with_person())
    assert len(holding(warehouse)) >= 4
    assert warehouse.vakwerk("analyst-copy").returncode == 0
    # As a count by Spark leaves it.
    handed_over = warehouse.home / "spark" / "inputs" / "raw" / "wave_2022"
    handed_over.mkdir(parents=True)
    (handed_over / "1.txt").write_text(WHO, encoding="utf-8")
    assert warehouse.vakwerk("publish", "--to", mirror).returncode == 0
    done = forget(warehouse, "--respondent", "-", given=f"{WHO}\n", mirror=mirror)
    assert done.returncode == 0, done.stdout + done.stderr
    assert WHO not in done.stdout + done.stderr
    return warehouse


def forget(
    warehouse: Warehouse, *arguments: str, given: str | None = None, mirror: str = ""
) -> subprocess.CompletedProcess[str]:
    homes = {"VAKWERK_HOME": str(warehouse.home), "VAKWERK_SURVEY": str(warehouse.survey)}
    homes["VAKWERK_POSTGRES_URL"] = mirror
    return subprocess.run(
        [VAKWERK, "forget", "--wave", "2022", *arguments],
        env=os.environ | homes,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def holding(warehouse: Warehouse) -> list[str]:
    """Every file of the home, the tombstone's apart, that holds the id or its hash."""
    settings = Settings.from_environment(
        {"VAKWERK_HOME": str(warehouse.home), "VAKWERK_SURVEY": str(warehouse.survey)}
    )
    hidden = hidden_id(settings, Person("2022", WHO, RESPONDENT))
    sought = [WHO.encode(), WHO.encode("utf-16-le"), hidden.encode(), bytes.fromhex(hidden)]
    return sorted(
        path.relative_to(warehouse.home).as_posix()
        for path in warehouse.home.rglob("*")
        if path.is_file() and path.name != "tombstones.csv"
        if any(each in content for content in contents(path) for each in sought)
    )


def test_no_file_holds_the_id_or_its_hash_but_the_tombstone(forgotten: Warehouse) -> None:
    assert holding(forgotten) == []
    tombstones = (forgotten.home / "erasures" / "tombstones.csv").read_text(encoding="utf-8")
    assert len(tombstones.splitlines()) == 2
    assert not list(forgotten.home.rglob("*.wal"))
    assert not list(forgotten.home.rglob("answers.duckdb"))
    assert not list(forgotten.home.rglob("*.fresh"))


def test_results_are_those_of_a_load_without_the_row(
    forgotten: Warehouse, small_at_once: Warehouse
) -> None:
    left = forgotten.marts(OF_DELIVERIES, HISTORY)
    right = small_at_once.marts(OF_DELIVERIES, HISTORY)
    assert left.keys() == right.keys()
    for name, ours in left.items():
        assert len(ours) > 0 or name in WITHOUT_ROWS, name
        pd.testing.assert_frame_equal(ours, right[name], rtol=1e-12, atol=0, obj=name)


def test_the_certificate_lists_what_was_removed(forgotten: Warehouse) -> None:
    (place,) = (forgotten.home / "erasures").glob("*.json")
    certificate = json.loads(place.read_text(encoding="utf-8"))
    removed = {(told["file"].split("/")[0], told["table"]) for told in certificate["removed"]}
    assert {
        ("warehouse.duckdb", "raw.wave_2022"),
        ("warehouse.duckdb", "staging.stg_responses"),
        ("archive", None),
        ("rejected", None),
        ("published", None),
        ("analysis", None),
        ("spark", None),
        ("the Postgres server", None),
    } <= removed
    assert certificate["finished_at"]
    assert certificate["by_hand"] == []
    assert (certificate["revision_before"], certificate["revision_after"]) == (1, 3)
    manifest = json.loads((forgotten.home / "published" / "manifest.json").read_text("utf-8"))
    assert certificate["build_after"] == manifest["build_id"] != certificate["build_before"]
    builds = [path.name for path in (forgotten.home / "published" / "builds").iterdir()]
    assert builds == [certificate["build_after"]]


def test_a_mirror_shows_what_is_published_without_the_person(
    forgotten: Warehouse, mirror: str
) -> None:
    with forgotten.published() as marts:
        ours = marts.execute("select build_id, respondents from publication, dim_waves").fetchall()
    query = "select build_id, respondents from marts.publication, marts.dim_waves"
    assert sorted(rows(mirror, query)) == sorted(ours)


def test_a_mirror_that_cannot_be_reached_is_left_to_a_person(forgotten: Warehouse) -> None:
    closed = "postgresql://vakwerk:geheim-woord@127.0.0.1:1/marts"
    done = forget(forgotten, "--respondent", "nobody-has-this-id", mirror=closed)
    assert done.returncode == 1
    assert "The Postgres server may show what was counted before" in done.stdout
    assert "geheim" not in done.stdout + done.stderr


def test_a_person_who_is_delivered_again_stays_forgotten(
    forgotten: Warehouse, tmp_path: Path
) -> None:
    again = forgotten.vakwerk(
        "run", write_delivery(tmp_path / "wave_2022.csv", corrected_with_person())
    )
    assert "Nothing is new" in again.stdout, again.stdout + again.stderr
    forgotten.run(write_delivery(tmp_path / "wave_2022.csv", with_person(64)))
    done = forget(forgotten, "--respondent", WHO)
    assert done.returncode == 0, done.stdout + done.stderr
    assert holding(forgotten) == []
    with forgotten.built() as connection:
        loaded = connection.execute(
            "select revision, purpose, row_count from raw.waves where wave_id = '2022'"
        ).fetchone()
    assert loaded == (4, "correction", 63)


def test_a_wave_that_is_not_known_is_told_in_a_line(forgotten: Warehouse) -> None:
    done = forgotten.vakwerk("forget", "--wave", "1999", "--respondent", "x")
    assert done.returncode == 1
    assert "Wave '1999' is not in waves.csv" in done.stderr
    assert "Traceback" not in done.stderr
