"""The claims of the study: confirmed where they were put in, reversed where answers are turned round.

Waves of one survey are simulated with other seeds and effects, and built as far as the claims need.
What their contrasts are worth is in `test_finding_contrasts`.
"""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from orchestration.codebook import Codebook
from orchestration.deliveries.door import accept
from orchestration.deliveries.loading import load
from orchestration.preparation import prepare
from orchestration.settings import PROJECT, Settings
from orchestration.simulation.writing import simulate_wave
from tests.acceptance.conftest import Warehouse

pytestmark = pytest.mark.slow

STUDY = Codebook(PROJECT / "seeds" / "codebook")
ORIGINAL = "2022"
CLAIMS = {row["finding_id"]: row for row in STUDY.table("findings")}
# The break-downs of the claims, to spare the count of all others.
BREAKDOWNS = {part for row in CLAIMS.values() for part in row["attribute"].split("|")}
# What these say has no direction that could be turned round.
UNDIRECTED = {"consensus", "more_consensus", "deviates", "groups_differ", "explained_by"}
NULL_SEEDS = (1, 2, 3, 4)
WAVES = {
    "study": ("study", 4000, 1),
    "turned": ("study", 4000, 1),
    "small": ("study", 60, 1),
    **{f"null_{seed}": ("none", 4000, seed) for seed in NULL_SEEDS},
}


def _write_survey(folder: Path) -> Path:
    """The study's codebook with these waves instead of its own, in `turned` every item reversed."""
    (folder / "codebook").mkdir(parents=True)
    for path in STUDY.folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns, rows = list(reader.fieldnames or ()), list(reader)
        if "wave_id" in columns:
            original = [row for row in rows if row["wave_id"] == ORIGINAL]
            rows = [{**row, "wave_id": wave_id} for wave_id in WAVES for row in original]
        if path.stem == "breakdowns":
            rows = [row for row in rows if row["breakdown"] in BREAKDOWNS]
        for row in rows:
            if path.stem == "waves":
                row["file_pattern"] = f"{row['wave_id']}.*"
            if path.stem == "item_versions":
                row["is_reversed"] = str(row["wave_id"] == "turned").lower()
        with (folder / "codebook" / path.name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    return folder


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, str]]:
    """The status of each claim, by wave."""
    folder = tmp_path_factory.mktemp("claims")
    warehouse = Warehouse(folder / "home", _write_survey(folder / "survey"))
    settings = Settings.from_environment(
        {"VAKWERK_HOME": str(warehouse.home), "VAKWERK_SURVEY": str(warehouse.survey)}
    )
    prepare(settings)
    for wave_id, (effects, respondents, seed) in WAVES.items():
        file = folder / f"{wave_id}.parquet"
        if wave_id == "turned":
            shutil.copy(folder / "study.parquet", file)
        else:
            simulate_wave(STUDY, ORIGINAL, respondents, seed, "parquet", effects, file)
        load(settings, accept(file, settings).wave_id)
    tests = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
    built = warehouse.dbt("build", "--select", "+finding_verdicts", *tests)
    assert built.returncode == 0, built.stdout
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    with warehouse.built() as connection:
        for wave_id, finding_id, status in connection.execute(
            "select wave_id, finding_id, status from marts.findings"
        ).fetchall():
            found[wave_id][finding_id] = status
    return found


def _with_status(statuses: Mapping[str, str], status: str) -> set[str]:
    return {finding_id for finding_id, found in statuses.items() if found == status}


def test_every_wave_says_something_of_every_claim(
    simulated: Mapping[str, Mapping[str, str]],
) -> None:
    assert {wave_id: set(statuses) for wave_id, statuses in simulated.items()} == {
        wave_id: set(CLAIMS) for wave_id in WAVES
    }


def test_claims_are_confirmed_where_they_were_put_in(
    simulated: Mapping[str, Mapping[str, str]],
) -> None:
    assert len(_with_status(simulated["study"], "confirmed")) >= 42
    assert _with_status(simulated["study"], "reversed") == set()


@pytest.mark.parametrize("seed", NULL_SEEDS)
def test_hardly_a_claim_is_confirmed_where_there_is_nothing_to_find(
    simulated: Mapping[str, Mapping[str, str]], seed: int
) -> None:
    statuses = simulated[f"null_{seed}"]
    assert len(_with_status(statuses, "confirmed")) <= len(CLAIMS) / 20
    assert len(_with_status(statuses, "not shown")) >= len(CLAIMS) * 0.9


def test_every_claim_with_a_direction_is_reversed_where_all_answers_are_turned_round(
    simulated: Mapping[str, Mapping[str, str]],
) -> None:
    directed = {key for key, row in CLAIMS.items() if row["kind"] not in UNDIRECTED}
    assert _with_status(simulated["turned"], "reversed") == directed
    confirmed = _with_status(simulated["study"], "confirmed")
    assert _with_status(simulated["turned"], "confirmed") == confirmed - directed


def test_nothing_is_said_of_groups_that_are_too_small(
    simulated: Mapping[str, Mapping[str, str]],
) -> None:
    by_domain = {
        key
        for key, row in CLAIMS.items()
        # Claims about the whole wave, and pairs of the larger domains, have enough of them.
        if row["attribute"] == "domain" and row["kind"] in {"consensus", "group_highest"}
    }
    assert by_domain <= _with_status(simulated["small"], "too few")
    assert _with_status(simulated["small"], "reversed") == set()


def test_the_sample_waves_show_the_claims_that_they_were_made_to_show(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    counts = marts.execute(
        """
        select wave_id, count_if(status = 'confirmed') >= 42, count_if(status = 'reversed')
        from marts.findings group by wave_id order by wave_id
        """
    ).fetchall()
    assert counts == [("2022", True, 0), ("2024", True, 0), ("2026", True, 0)]
