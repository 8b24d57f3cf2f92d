"""A clock that is set back: what is named or judged by time goes on as if it had not been."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration import moments
from orchestration.deliveries.door import accept
from orchestration.deliveries.errors import DeliveryRefused
from orchestration.deliveries.landing import has_passed
from orchestration.moments import moment_after
from orchestration.rejections import Rejection, rejections_after
from orchestration.settling import is_settled
from tests.builders import settings_for, write_delivery

FUTURE = "21000228T235959.999999Z"
SECOND = 10**9


def test_a_name_is_later_than_every_other_whatever_the_clock_says() -> None:
    names = ["20260101T000000.000000Z-abc", FUTURE, ".directory", "21000101T000000.000000Z_file"]

    assert moment_after(names) == "21000301T000000.000000Z"
    assert moment_after([]) < moment_after([moment_after([])])
    assert abs(moments.now() - moments._moment(moment_after([]))) < timedelta(minutes=1)  # type: ignore[operator]


def test_a_refusal_is_shown_after_those_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_for(tmp_path)
    shown: list[Rejection] = []
    for year in (0, 1):
        earlier = moments.now() - timedelta(days=365 * year)
        monkeypatch.setattr(moments, "now", lambda earlier=earlier: earlier)
        with pytest.raises(DeliveryRefused):
            accept(write_delivery(tmp_path / f"bad{year}_2022.csv", {"x": ["1"]}), settings)
        last = shown[-1].folder.name if shown else ""
        shown += rejections_after(settings.rejected, last)

    assert [rejection.file_name for rejection in shown] == ["bad0_2022.csv", "bad1_2022.csv"]


@pytest.mark.parametrize(
    ("ago", "passed"),
    [(11, True), (9, False), (-5, False), (-300, False), (-2 * 60 * 60, True), (-(10**8), True)],
    ids=["long ago", "just now", "clocks differ", "clocks differ more", "set back", "far ahead"],
)
def test_a_time_far_ahead_is_that_of_another_clock(ago: int, passed: bool) -> None:
    assert has_passed(time.time_ns() - ago * SECOND, 10) is passed


def test_a_file_with_a_time_far_ahead_settles(tmp_path: Path) -> None:
    """As a sender's copy program may set it, or a clock that stood wrong."""
    file = tmp_path / "wave_2022.csv"
    file.touch()
    ahead = time.time() + 10**7
    os.utime(file, (ahead, ahead))

    assert not is_settled(file, 10), "it came just now"
    assert is_settled(file, 0)
