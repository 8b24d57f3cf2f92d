"""The tour stays true: its commands run in order, in one shell, and print what it shows."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import PROJECT
from tests.acceptance.conftest import Warehouse
from tests.documents import Program, programs

pytestmark = pytest.mark.slow

TOUR = list(programs(PROJECT / "docs" / "tour.md", "sh"))
END = "-- end of block --"
# `...` stands for anything, and spaces at the ends of lines are nobody's concern.
AS_SHOWN = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.fixture(scope="module")
def printed(sample: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each block prints, in a folder that looks like the project after its first block."""
    folder = tmp_path_factory.mktemp("tour")
    copy = sample.copy(folder)
    copy.home.rename(folder / "data")
    copy.survey.rename(folder / "seeds")
    (folder / ".venv").symlink_to(Path(sys.executable).parent.parent)
    script = "".join(f"{block.code}\necho '{END}'\n" for block in TOUR[1:])
    environment = os.environ | {
        "VAKWERK_HOME": str(folder / "data"),
        "VAKWERK_SURVEY": str(folder / "seeds"),
        "COLUMNS": "80",
    }
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout.split(f"{END}\n")


def test_the_tour_begins_with_what_makes_the_sample_home() -> None:
    assert TOUR[0] == Program("make run\n", None)


@pytest.mark.parametrize("number", range(1, len(TOUR)))
def test_a_block_of_the_tour_prints_what_it_shows(printed: list[str], number: int) -> None:
    expected, found = TOUR[number].output, printed[number - 1]
    assert expected is not None
    assert doctest.OutputChecker().check_output(expected, found, AS_SHOWN), found
