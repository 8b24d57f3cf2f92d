"""Marts of drawn cells: those of as many people as were asked for, made by dbt as of counted ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.drawn import draw_home
from benchmarks.homes import NO_TESTS
from benchmarks.scale import AFTER_CELLS
from tests.acceptance.conftest import Warehouse

TIMES = 3
ANSWERS = """
    select wave_id, item_id, sum(respondents)::bigint from intermediate.answer_cells
    join staging.stg_profiles using (wave_id, profile_id) where cube = 'main' group by all order by all
"""


@pytest.mark.slow
def test_all_marts_are_made_of_drawn_cells_with_every_respondent_and_answer_as_often_as_asked(
    sample: Warehouse, tmp_path: Path
) -> None:
    drawn = Warehouse(tmp_path / "drawn", sample.survey)
    draw_home(sample.home, drawn.home, TIMES)
    done = drawn.dbt("build", *NO_TESTS, *AFTER_CELLS)
    assert done.returncode == 0, done.stdout
    with sample.built() as before, drawn.built() as after:
        people = before.sql(
            "select wave_id, count(*) from staging.stg_responses group by all order by all"
        ).fetchall()
        returned = after.sql(
            "select wave_id, returned from marts.response where breakdown = 'total' order by all"
        ).fetchall()
        assert returned == [(wave, TIMES * number) for wave, number in people]
        assert after.sql(ANSWERS).fetchall() == [
            (wave, item, TIMES * number) for wave, item, number in before.sql(ANSWERS).fetchall()
        ]
        # Every item has its figures, and errors to them.
        shown = after.sql(
            "select count(*), count(mean), count(standard_error) from marts.item_results "
            "where breakdown = 'total'"
        ).fetchone()
        assert shown is not None
        assert shown[0] == shown[1] == shown[2] > 0
