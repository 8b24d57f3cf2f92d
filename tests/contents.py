"""The bytes of a file and of all that it packs, for tests that promise that something is in no file.

What belongs here: unpacking. What does not: what is looked for.
"""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import duckdb
import pandas as pd


def contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, of what it packs, and of every value in its tables."""
    content = path.read_bytes()
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            yield from (packed.read(name) for name in packed.namelist())
    if content.startswith(b"\x1f\x8b"):
        yield gzip.decompress(content)
    if content.startswith(b"SQLite"):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as history:
            for (table,) in history.execute("select name from sqlite_master where type = 'table'"):
                for row in history.execute(f'select * from "{table}"'):
                    yield from (_unpacked(value) for value in row if isinstance(value, bytes))
                    # Long text lies scattered over the pages of the file.
                    yield "\n".join(value for value in row if isinstance(value, str)).encode()
    if content[8:12] == b"DUCK":
        with duckdb.connect(path, read_only=True) as connection:
            named = """select format('"{}"."{}"', schema_name, table_name) from duckdb_tables()"""
            for (table,) in connection.execute(named).fetchall():
                yield str(connection.execute(f"from {table}").fetchall()).encode()
    if content.startswith(b"PAR1"):
        yield pd.read_parquet(path).to_csv().encode()


def _unpacked(value: bytes) -> bytes:
    try:
        return zlib.decompress(value)
    except zlib.error:
        return value
