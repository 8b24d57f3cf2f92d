"""Dialects: the delimiter and the quote of a text file, declared or found by DuckDB's sniffer.

What belongs here: how the cells of a row are told apart. What does not: the encoding, and reading
the rows. The file is UTF-8 here. The sniffer's word is taken only where the header bears it out:
it looks for the largest even part of a file, and passes over rows that do not fit.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.report import Kind, Problem

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
BY_WORD = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    r"\t": "\t",
    "pipe": "|",
    "none": "",
    "double": '"',
    "single": "'",
}
QUOTES = ('"', "'", "")
SNIFFED_ROWS = 1000
# The sniffer first as it is, then content with rows that have too few or too many cells.
SNIFFERS = ("", ", ignore_errors = true, header = true")

DECLARE_ANOTHER = "Declare what separates the cells, and what quotes them, as it is in the file."


@dataclass(frozen=True)
class Dialect:
    """What separates cells and what quotes them (blank for nothing), and where both are known from."""

    delimiter: str
    quote: str
    delimiter_source: str = "detected"
    quote_source: str = "detected"

    @property
    def stated(self) -> dict[str, str]:
        """The dialect in words, each as it may be declared."""
        delimiter = "tab" if self.delimiter == "\t" else self.delimiter
        return {
            "delimiter": f"{delimiter} ({self.delimiter_source})",
            "quote": f"{self.quote or 'none'} ({self.quote_source})",
        }


def dialect_of(path: Path, connection: DuckDBPyConnection, reading: Reading) -> Dialect | Problem:
    """The dialect that is declared, and detected where nothing is; a problem where it cannot be."""
    delimiter = BY_WORD.get(reading.delimiter or "", reading.delimiter)
    quote = None if reading.quote is None else BY_WORD.get(reading.quote, reading.quote)
    if delimiter is not None and delimiter not in DELIMITERS:
        message = f"The declared delimiter {delimiter!r} is none that is read: , ; tab |."
        return Problem(Kind.UNREADABLE, message, DECLARE_ANOTHER)
    if quote is not None and quote not in QUOTES:
        message = f"The declared quote {quote!r} is none that is read: \" ' none."
        return Problem(Kind.UNREADABLE, message, DECLARE_ANOTHER)
    found = Dialect(delimiter or ",", '"' if quote is None else quote)
    if delimiter is None or quote is None:
        found = _detected(path, connection, delimiter, quote)
    return Dialect(
        found.delimiter,
        found.quote,
        "detected" if delimiter is None else "declared",
        "detected" if quote is None else "declared",
    )


def first_records(path: Path, dialect: Dialect, count: int) -> Iterator[list[str]]:
    """The first records of the file as they stand in it; raises csv.Error where one is broken."""
    quoting: dict[str, Any] = (
        {"quotechar": dialect.quote} if dialect.quote else {"quoting": csv.QUOTE_NONE}
    )
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        yield from islice(
            csv.reader(file, delimiter=dialect.delimiter, strict=True, **quoting), count
        )


def _detected(
    path: Path, connection: DuckDBPyConnection, delimiter: str | None, quote: str | None
) -> Dialect:
    for options in SNIFFERS:
        found = _sniffed(path, connection, options)
        if found is not None:
            guess = Dialect(delimiter or found[0], '"' if quote is None else quote)
            if quote is None and found[1] == "'" and _quotes_every_name(path, guess.delimiter):
                guess = Dialect(guess.delimiter, "'")
            if guess.delimiter in DELIMITERS and _names(path, guess) > 1:
                return guess
    guesses = [
        Dialect(given, '"' if quote is None else quote)
        for given in ([delimiter] if delimiter else DELIMITERS)
    ]
    return max(guesses, key=lambda guess: _names(path, guess))


def _sniffed(
    path: Path, connection: DuckDBPyConnection, options: str
) -> tuple[str, str | None] | None:
    with suppress(duckdb.Error):
        return connection.execute(
            f"""
            select delimiter, quote
            from sniff_csv($path, all_varchar = true, sample_size = {SNIFFED_ROWS}{options})
            """,  # noqa: S608
            {"path": str(path)},
        ).fetchone()
    return None


def _names(path: Path, dialect: Dialect) -> int:
    with suppress(csv.Error):
        return len(next(first_records(path, dialect, 1), []))
    return 0


def _quotes_every_name(path: Path, delimiter: str) -> bool:
    with suppress(csv.Error):
        names = next(first_records(path, Dialect(delimiter, ""), 1), [])
        return all(name.startswith("'") and name.endswith("'") and len(name) > 1 for name in names)
    return False
