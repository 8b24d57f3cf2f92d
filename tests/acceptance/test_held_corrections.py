"""Two publications of one wave, held side by side, tell nobody's answer: the correction of few is held back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.conftest import Warehouse
from tests.acceptance.small_waves import PLACE, with_person
from tests.builders import write_delivery

pytestmark = pytest.mark.slow

ITEM = "C1"
# What the person said first, and what the correction makes of it.
BEFORE, AFTER = 3, 1


def _answers(warehouse: Warehouse) -> Counter[int]:
    """How often each answer was given in the wave, as readers are told."""
    with warehouse.published() as connection:
        rows = connection.execute(
            """
            select answer, respondents from item_distributions
            where wave_id = '2022' and item_id = ? and breakdown = 'total'
            """,
            [ITEM],
        ).fetchall()
    return Counter(dict(rows))


def test_one_corrected_answer_is_told_by_no_publication_until_it_is_released(
    small: Warehouse, tmp_path: Path
) -> None:
    warehouse = small.copy(tmp_path)
    survey = warehouse.survey / "codebook" / "survey.csv"
    survey.write_text(survey.read_text().replace("false", "true"))
    before = _answers(warehouse)
    table = with_person(58)
    assert table["v1"][PLACE] == str(BEFORE)
    table["v1"][PLACE] = str(AFTER)
    file = write_delivery(tmp_path / "files" / "wave_2022.csv", table)

    held = warehouse.vakwerk("run", file)
    assert held.returncode == 2, held.stdout + held.stderr
    assert "Held back: 'wave_2022.csv' changes 1 of the respondents" in held.stderr
    assert "vakwerk release 2022" in held.stderr
    assert "Held back" in warehouse.vakwerk("status").stdout
    assert _answers(warehouse) == before

    released = warehouse.vakwerk("release", "2022")
    assert released.returncode == 0, released.stdout + released.stderr
    after = _answers(warehouse)
    # What the rule closes: the difference is the person's old answer and the new one.
    assert before - after == Counter({BEFORE: 1})
    assert after - before == Counter({AFTER: 1})
