"""What the landing folder promises: whole files, in the order in which they came."""

from __future__ import annotations

import os
from pathlib import Path

from orchestration.deliveries.landing import pending
from tests.builders import settings_for


def arrive(path: Path, at: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x")
    os.utime(path, (at, at))


def test_files_wait_in_the_order_of_arrival_with_the_wave_that_their_name_tells(
    tmp_path: Path,
) -> None:
    settings = settings_for(tmp_path)
    arrive(settings.landing / "wave_2022_corrected.csv", at=300)
    arrive(settings.landing / "wave_2024.sav", at=100)
    arrive(settings.landing / "wave_2022.csv", at=200)
    arrive(settings.landing / "letter.txt", at=400)
    arrive(settings.landing / "2022_or_2024.csv", at=500)
    assert [(p.path.name, p.wave.wave_id if p.wave else None) for p in pending(settings)] == [
        ("wave_2024.sav", "2024"),
        ("wave_2022.csv", "2022"),
        ("wave_2022_corrected.csv", "2022"),
        ("letter.txt", None),
        ("2022_or_2024.csv", None),
    ]


def test_what_is_not_whole_does_not_wait(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for name in (".2022.csv.x7", "2022.csv.part", "2022.csv.filepart", "~$2022.xlsx", "2022.csv~"):
        arrive(settings.landing / name, at=1)
    (settings.landing / "2022.part").mkdir()
    assert pending(settings) == []


def test_no_landing_folder_is_nothing_waiting(tmp_path: Path) -> None:
    assert pending(settings_for(tmp_path)) == []
