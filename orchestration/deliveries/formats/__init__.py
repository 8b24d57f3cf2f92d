"""Formats: from a delivered file to the table `delivered`, every column text, in the file's order.

A reader takes the file, an empty DuckDB connection, a folder for what it unpacks and what the sender
said of the file, makes the table and says what it saw; it judges whether the file could be read to its end, not what the
columns mean. Another format is another reader in `READERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.columnar import read_parquet
from orchestration.deliveries.formats.delimited import read_csv, read_gzipped_csv
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.sheets import read_sheet
from orchestration.deliveries.formats.statistical import read_sav
from orchestration.deliveries.formats.table import DeliveredTable

Reader = Callable[[Path, DuckDBPyConnection, Path, Reading], DeliveredTable]

READERS: Mapping[str, Reader] = {
    ".csv": read_csv,
    ".csv.gz": read_gzipped_csv,
    ".sav": read_sav,
    ".xlsx": read_sheet,
    ".parquet": read_parquet,
}


def format_of(file_name: str) -> str | None:
    """The suffix by which a file is read, such as `.csv.gz`; None where no reader takes it."""
    return next((suffix for suffix in READERS if file_name.lower().endswith(suffix)), None)
