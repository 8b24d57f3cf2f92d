"""A wave that is corrected, from the corrected file to the figures that move, and the way back."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from orchestration.settings import PROJECT
from tests.acceptance.conftest import Warehouse

pytestmark = pytest.mark.slow

SAMPLE = PROJECT / "seeds" / "waves" / "vakmanschap_2022.csv"
GONE = "v6_12"
# A code of each of these questions, and another one.
ALTERED = {10: "v2_01", 20: "v2_01", 30: "v3b_02"}
SHOWN = "breakdown, group_code, item_id, wave_id, respondents, mean, standard_error"


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study's survey, of which one wave is told to lack a question, and no correction is held back."""
    folder = tmp_path_factory.mktemp("survey") / "survey"
    shutil.copytree(PROJECT / "seeds" / "codebook", folder / "codebook")
    definition = folder / "codebook" / "survey.csv"
    definition.write_text(
        definition.read_text(encoding="utf-8").replace(",true,", ",false,"), "utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def corrected_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the wave 2022: three respondents altered, one gone, and one column gone."""
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for position, column in ALTERED.items():
        codes = sorted({row[column] for row in rows if row[column]} - {rows[position][column]})
        rows[position][column] = codes[0]
    del rows[40]
    path = tmp_path_factory.mktemp("corrected") / SAMPLE.name
    with path.open("w", encoding="utf-8", newline="") as file:
        columns = [name for name in rows[0] if name != GONE]
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    """What the commands said, by name."""
    return {}


@pytest.fixture(scope="module")
def corrected(
    sample: Warehouse,
    survey: Path,
    corrected_file: Path,
    told: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Warehouse:
    home = tmp_path_factory.mktemp("corrections") / "home"
    shutil.copytree(sample.home, home, symlinks=True)
    versions = survey / "codebook" / "item_versions.csv"
    lines = versions.read_text(encoding="utf-8").splitlines(keepends=True)
    versions.write_text(
        "".join(line for line in lines if not line.startswith(f"2022,{GONE},")), encoding="utf-8"
    )
    warehouse = Warehouse(home, survey)
    told["run"] = warehouse.run(corrected_file).stdout
    return warehouse


def _figures(warehouse: Warehouse) -> pd.DataFrame:
    with warehouse.published() as connection:
        return connection.execute(
            f"select {SHOWN} from marts.item_results where not is_suppressed order by all"
        ).df()


def test_the_difference_is_just_that_of_the_correction(corrected: Warehouse) -> None:
    said = json.loads(corrected.vakwerk("history", "2022", "--json").stdout)["revisions"]
    assert [(each["revision"], each["purpose"], each["row_count"]) for each in said] == [
        (1, "first", 3700),
        (2, "correction", 3699),
    ]
    assert said[0]["difference"] is None
    assert said[1]["difference"] == {
        "rows_in": 0,
        "rows_out": 1,
        "rows_altered": 3,
        "columns_in": [],
        "columns_out": [GONE],
        "cells_altered": {"v2_01": 2, "v3b_02": 1},
    }
    in_words = corrected.vakwerk("history", "2022").stdout
    assert "rows: 0 in, 1 out, 3 altered" in in_words
    assert f"columns: 0 in, 1 ({GONE}) out" in in_words


def test_only_the_cells_of_the_corrected_wave_were_counted_again(
    corrected: Warehouse, sample: Warehouse, told: dict[str, str]
) -> None:
    counted = {}
    for warehouse in (sample, corrected):
        with warehouse.built() as connection:
            for table in ("answer_cells", "respondent_cells", "theme_cells"):
                counted[warehouse, table] = connection.execute(
                    f"""
                    select wave_id, any_value(counted_by), count(*), count(distinct counted_by)
                    from intermediate.{table} group by wave_id order by wave_id
                    """
                ).fetchall()
    cells = 0
    for table in ("answer_cells", "respondent_cells", "theme_cells"):
        before, after = counted[sample, table], counted[corrected, table]
        assert [row[0] for row in before] == ["2022", "2024", "2026"]
        assert before[1:] == after[1:], table
        assert before[0][1] != after[0][1], table
        assert {row[3] for row in after} == {1}
        cells += after[0][2]
    assert f"Counted again: wave 2022 (3 tables, {cells:,} cells).\n" in told["run"]


def test_the_mart_of_deliveries_shows_the_correction(corrected: Warehouse) -> None:
    with corrected.published() as connection:
        rows = connection.execute(
            """
            select wave_id, revision, purpose, row_count, rows_in, rows_out, rows_altered,
                columns_in, columns_out
            from marts.deliveries order by wave_id, revision
            """
        ).fetchall()
    nothing = (None,) * 5
    assert rows == [
        ("2022", 1, "first", 3700, *nothing),
        ("2022", 2, "correction", 3699, 0, 1, 3, "", GONE),
        ("2024", 1, "first", 3820, *nothing),
        ("2026", 1, "first", 3760, *nothing),
    ]


def test_the_figures_that_moved_are_those_of_two_publications_held_side_by_side(
    corrected: Warehouse, sample: Warehouse
) -> None:
    keys = ["wave_id", "item_id", "breakdown", "group_code"]
    both = _figures(sample).merge(
        _figures(corrected), on=keys, how="outer", suffixes=("_before", "_after"), indicator=True
    )
    moved = (both["mean_after"] - both["mean_before"]).abs() > both["standard_error_before"]
    expected = (
        int((both["_merge"] == "both")[both["wave_id"] == "2022"].sum()),
        int(moved.sum()),
        int((both["_merge"] == "right_only").sum()),
        int((both["_merge"] == "left_only").sum()),
    )
    assert expected[0] > 1000
    assert expected[3] > 1, "the question that is gone had figures"
    with corrected.published() as connection:
        assert (
            expected
            == connection.execute(
                """
            select figures_compared, figures_moved, figures_appeared, figures_disappeared
            from marts.deliveries where wave_id = '2022' and revision = 2
            """
            ).fetchone()
        )
    listed = json.loads(corrected.vakwerk("history", "2022", "--moved", "--json").stdout)["figures"]
    assert len(listed) == sum(expected[1:])


def test_the_status_tells_the_revision_that_is_loaded_and_published(corrected: Warehouse) -> None:
    lines = corrected.vakwerk("status").stdout.splitlines()
    (wave,) = [line for line in lines if "2022 (synthetic)" in line]
    assert re.search(r"revision 2, correction.*3,699.*revision 2", wave)


def test_one_command_goes_back_to_the_first_revision(
    corrected: Warehouse, sample: Warehouse
) -> None:
    """Last in this module: it changes the warehouse."""
    shutil.copy(PROJECT / "seeds" / "codebook" / "item_versions.csv", corrected.survey / "codebook")
    done = corrected.vakwerk("restore", "2022", "--revision", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Counted again: wave 2022 (3 tables" in done.stdout
    pd.testing.assert_frame_equal(
        _figures(corrected), _figures(sample), check_exact=False, rtol=1e-12
    )
    said = json.loads(corrected.vakwerk("history", "2022", "--json").stdout)["revisions"][-1]
    assert (said["revision"], said["purpose"]) == (3, "restored")
    assert said["difference"]["rows_in"] == 1
    assert said["difference"]["rows_altered"] == 3
    assert said["difference"]["columns_in"] == [GONE]
    again = corrected.vakwerk("restore", "2022", "--revision", "1")
    assert again.returncode == 0
    assert "already" in again.stdout
    assert "Nothing is new" in again.stdout
