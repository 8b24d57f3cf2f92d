"""Reading options: how a file is to be read, as far as its sender said so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """What the manifest says of the file; None where it is silent and the reader finds out itself."""

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    decimal: str | None = None
    sheet: str | None = None
