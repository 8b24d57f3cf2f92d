"""What partitions promise: one a wave, and no wave asked for that nobody meant."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from orchestration.codebook import Codebook
from orchestration.partitions import range_tags, wave_partitions
from tests.builders import write_survey


def test_waves_are_partitions_in_the_order_of_the_codebook(tmp_path: Path) -> None:
    waves = """
        wave_id,label_en,file_pattern,is_synthetic,fieldwork_end
        pilot,,*pilot*,true,2021-01-01
        2024,,*2024*,true,2024-01-01
        2022,,*2022*,true,2022-01-01
    """
    codebook = Codebook(write_survey(tmp_path / "survey", waves=waves) / "codebook")

    assert wave_partitions(codebook).get_partition_keys() == ["pilot", "2024", "2022"]


@pytest.mark.parametrize(
    ("waves", "ranges"),
    [
        pytest.param([], [], id="none"),
        pytest.param(["c"], [("c", "c")], id="one"),
        pytest.param(["a", "b", "c", "d"], [("a", "d")], id="all in one range"),
        pytest.param(["c", "b"], [("b", "c")], id="neighbours in any order"),
        pytest.param(
            ["a", "c", "d"], [("a", "a"), ("c", "d")], id="a wave between is not asked for"
        ),
        pytest.param(["b", "withdrawn"], [("b", "b")], id="a wave the codebook has no more"),
    ],
)
def test_a_range_holds_the_waves_that_are_meant_and_no_other(
    waves: list[str], ranges: list[tuple[str, str]]
) -> None:
    tags = range_tags(dg.StaticPartitionsDefinition(["a", "b", "c", "d"]), waves)

    assert [tuple(range_.values()) for range_ in tags] == ranges
    assert all(
        list(range_) == ["dagster/asset_partition_range_start", "dagster/asset_partition_range_end"]
        for range_ in tags
    )
