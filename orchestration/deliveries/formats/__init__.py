"""Formats: from a delivered file to the table `delivered`, every column text, in the file's order.

A reader takes the file, an empty DuckDB connection, a folder for what it unpacks and what the sender
said of the file, makes the table and says what it saw; it judges whether the file could be read to
its end, not what the columns mean. Another format is another reader in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.deliveries.formats.columnar import read_parquet
from orchestration.deliveries.formats.compression import Reader, in_gzip, in_zip
from orchestration.deliveries.formats.delimited import read_delimited
from orchestration.deliveries.formats.sheets import read_sheet
from orchestration.deliveries.formats.statistical import read_spss, read_stata

FORMATS: Mapping[str, Reader] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".txt": read_delimited,
    ".sav": read_spss,
    ".zsav": read_spss,
    ".dta": read_stata,
    ".xlsx": read_sheet,
    ".ods": read_sheet,
    ".parquet": read_parquet,
}

# Every format as it is, gzipped, and as the one file of a zip file.
READERS: Mapping[str, Reader] = {
    **FORMATS,
    **{f"{suffix}.gz": in_gzip(suffix, reader) for suffix, reader in FORMATS.items()},
    ".zip": in_zip(FORMATS),
}


def format_of(file_name: str) -> str | None:
    """The suffix by which a file is read, such as `.csv.gz`; None where no reader takes it."""
    return next((suffix for suffix in READERS if file_name.lower().endswith(suffix)), None)
