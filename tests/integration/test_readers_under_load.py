"""Readers under load are never shown half a build; how they ask is in `tests.faults.reading`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.reading import by_duckdb, read_while_publishing


@pytest.mark.slow
def test_every_answer_belongs_wholly_to_one_build_while_ten_are_published(tmp_path: Path) -> None:
    heard = read_while_publishing(tmp_path, readers=[by_duckdb] * 20, publications=10)

    assert heard.errors == ()
    assert heard.mixed == 0
    assert len({(means, respondents) for _, means, respondents in heard.right}) == 2
    assert heard.builds > 5, "the readers met the publications"
    assert heard.fewest > 0, "every reader was answered"
