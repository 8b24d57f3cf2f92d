"""What holds for the simulator's parameters: they fit the codebook, or every misfit is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.codebook import Codebook
from orchestration.settings import PROJECT
from orchestration.simulation.checks import check_parameters
from orchestration.simulation.parameters import Parameters, SimulationError
from orchestration.simulation.wave import simulate

CODEBOOK = Codebook(PROJECT / "seeds" / "codebook")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the study's parameters that a test may damage."""
    return Path(shutil.copytree(PROJECT / "seeds" / "simulation", tmp_path / "simulation"))


def add_row(folder: Path, table: str, row: str) -> None:
    with (folder / f"{table}.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")


def without_rows(folder: Path, table: str, beginning: str) -> None:
    path = folder / f"{table}.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(r for r in rows if not r.startswith(beginning)), encoding="utf-8")


def test_the_parameters_fit_the_codebook(folder: Path) -> None:
    check_parameters(Parameters.read(folder), CODEBOOK)


@pytest.mark.parametrize(
    ("table", "row", "message"),
    [
        ("effects", "domain,policy,,C01,0.3,", "effects.csv: no group 'policy' of 'domain'"),
        ("effects", "ministry,mnre1010,,C01,0.3,", "'ministry' is not in background.csv"),
        ("effects", "role,LG,9,,0.3,", "effects.csv: '9' is neither a theme nor an item"),
        ("effects", "role,LG,3a,C01,0.3,", "'3aC01' is neither a theme nor an item"),
        ("items", "X01,3,1,0,0,0,0", "items.csv: no item 'X01'"),
        ("items", "C01,3,0,0,0,0,0", "items.csv, C01: spread 0.0 is not above 0"),
        ("items", "C01,3,1,0.5,0.5,0,0", "items.csv, C01: nobody is left to answer"),
        ("items", "C01,3,1,0,0,0,0.1", "items.csv: the scale of 'C01' has no 'refused'"),
        ("loadings", "C01,other,0.9", "loadings.csv, C01: squares add to 1 or more"),
        ("correlations", "2,luck,0.1", "correlations.csv: no item loads on 'luck'"),
        ("shares", "gender,,,beleid,,,other,0.5", "shares.csv, gender given .*adds to 1.4900"),
        ("shares", "role,,,beleid,,,LG,1", "role: 'domain' must come before it"),
    ],
)
def test_a_misfit_is_named(folder: Path, table: str, row: str, message: str) -> None:
    add_row(folder, table, row)
    with pytest.raises(SimulationError, match=message):
        check_parameters(Parameters.read(folder), CODEBOOK)


def test_all_misfits_are_named_at_once(folder: Path) -> None:
    add_row(folder, "effects", "domain,policy,,C01,0.3,")
    without_rows(folder, "items", "V18,")
    with pytest.raises(SimulationError) as error:
        check_parameters(Parameters.read(folder), CODEBOOK)
    assert "'policy'" in str(error.value)
    for wave_id in CODEBOOK.waves:
        assert f"nothing about 'V18', which wave {wave_id} asks" in str(error.value)


def test_a_unit_without_shares_is_named(folder: Path) -> None:
    without_rows(folder, "shares", "domain,oorg10114,")
    with pytest.raises(SimulationError, match=r"how domain is drawn .*'stratum': 'oorg10114'"):
        simulate(CODEBOOK, Parameters.read(folder), "2022", 1000, 1)


def test_correlations_that_cannot_be_are_refused(folder: Path) -> None:
    add_row(folder, "correlations", "2,3a,0.99")
    add_row(folder, "correlations", "2,3b,-0.99")
    with pytest.raises(SimulationError, match="lower some"):
        simulate(CODEBOOK, Parameters.read(folder), "2022", 100, 1)


def test_a_survey_without_parameters_says_so(tmp_path: Path) -> None:
    with pytest.raises(SimulationError, match=r"settings\.csv cannot be read"):
        Parameters.read(tmp_path)


def test_a_number_that_is_none_is_damage(folder: Path) -> None:
    add_row(folder, "effects", "role,LG,,C01,much,")
    with pytest.raises(SimulationError, match="damaged: could not convert string to float: 'much'"):
        Parameters.read(folder)
