"""What a caller can choose: the format of the file, and whether there is anything to find in it.

What belongs here: the choices alone, so that a command line can offer them without loading the
simulator.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path


class Format(StrEnum):
    """The formats that a wave can be written in."""

    CSV = "csv"
    SAV = "sav"
    XLSX = "xlsx"
    PARQUET = "parquet"


def format_of(output: Path) -> str:
    """The format that a file's name asks for by its ending; csv without one, as for a folder."""
    return output.suffix.removeprefix(".").lower() or Format.CSV


class Effects(StrEnum):
    """Whether a wave shows what the study found, or nothing at all."""

    STUDY = "study"
    NONE = "none"
