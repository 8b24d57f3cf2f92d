"""Compression: one file in a gzip or zip file, unpacked and read by the reader of its own format.

What belongs here: packed files and how large they may unpack. What does not: their content. A name
inside a zip file tells the format and is never used as a path.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO

from duckdb import DuckDBPyConnection

from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import DeliveredTable
from orchestration.deliveries.report import Kind, Problem
from orchestration.machine import is_at_fault

Reader = Callable[[Path, DuckDBPyConnection, Path, Reading], DeliveredTable]

CHUNK_BYTES = 1 << 20
MOST_BYTES = 16 << 30
# Answers shrink to a tenth or a fiftieth; what shrinks more is taken only where it stays small.
SMALL_BYTES = 512 << 20
MOST_RATIO = 200

SEND_AGAIN = "Pack the file again, check that it opens, and deliver it again."
ONE_FILE = (
    "Pack the one file with the answers, without folders or a password, and deliver it again."
)
NOT_PACKED = "Deliver the file as it is, without packing it."

DAMAGED = (
    *(EOFError, OSError, zlib.error, zipfile.BadZipFile),
    # A name that is not the text it says it is, a way of packing that is not known, a password.
    *(ValueError, NotImplementedError, RuntimeError),
)


class TooLarge(Exception):
    """What is packed is larger than answers can be."""


def in_gzip(suffix: str, reader: Reader) -> Reader:
    """A reader of gzip files that hold a file with this suffix, which the given reader reads."""

    def read(
        path: Path, connection: DuckDBPyConnection, folder: Path, reading: Reading
    ) -> DeliveredTable:
        def unpack(target: Path) -> None:
            with gzip.open(path) as source:
                _copy(source, target, path.stat().st_size)

        unpacked = folder / f"unpacked{suffix}"
        return _read_unpacked(unpack, unpacked, reader, connection, reading)

    return read


def in_zip(readers: Mapping[str, Reader]) -> Reader:
    """A reader of zip files that hold one file, read by the reader of its suffix."""

    def read(
        path: Path, connection: DuckDBPyConnection, folder: Path, reading: Reading
    ) -> DeliveredTable:
        try:
            with zipfile.ZipFile(path) as packed:
                members = packed.infolist()
        except DAMAGED as error:
            return DeliveredTable(problems=(_damage(error),))
        suffix = _suffix(members, readers)
        if isinstance(suffix, Problem):
            return DeliveredTable(problems=(suffix,))

        def unpack(target: Path) -> None:
            with zipfile.ZipFile(path) as packed, packed.open(members[0]) as source:
                _copy(source, target, path.stat().st_size)

        unpacked = folder / f"unpacked{suffix}"
        table = _read_unpacked(unpack, unpacked, readers[suffix], connection, reading)
        return replace(table, stated={"unpacked": members[0].filename, **table.stated})

    return read


def is_too_large(unpacked: int, packed: int) -> bool:
    """Whether so many bytes from so many packed ones are more than answers can be."""
    return unpacked > MOST_BYTES or (unpacked > SMALL_BYTES and unpacked > packed * MOST_RATIO)


def too_large(what: str) -> Problem:
    """The problem that the packed content of a file is too large."""
    message = (
        f"The {what} unpacks to more than {MOST_BYTES >> 30} GiB, or to more than {MOST_RATIO} "
        "times its own size."
    )
    return Problem(Kind.UNREADABLE, message, NOT_PACKED)


def _suffix(members: list[zipfile.ZipInfo], readers: Mapping[str, Reader]) -> str | Problem:
    """The suffix of the one file, or why it is not to be unpacked."""
    names = ", ".join(repr(member.filename) for member in members[:5])
    if len(members) != 1:
        message = f"The zip file holds {len(members)} files instead of one"
        message += f": {names}{', …' if len(members) > 5 else ''}." if members else "."
        return Problem(Kind.UNREADABLE, message, ONE_FILE)
    name = members[0].orig_filename
    if members[0].is_dir() or any(character in name for character in "/\\\0"):
        message = f"The zip file holds {name!r}, which lies in a folder."
        return Problem(Kind.UNREADABLE, message, ONE_FILE)
    if members[0].flag_bits & 1:
        message = "The zip file has a password."
        return Problem(Kind.UNREADABLE, message, ONE_FILE)
    suffix = next((suffix for suffix in readers if name.lower().endswith(suffix)), None)
    if suffix is None:
        message = f"The zip file holds {name!r}, and there is no reader for its ending."
        remedy = f"Deliver one of {', '.join(readers)}, with that ending in its name."
        return Problem(Kind.UNSUPPORTED_FORMAT, message, remedy)
    return suffix


def _read_unpacked(
    unpack: Callable[[Path], None],
    unpacked: Path,
    reader: Reader,
    connection: DuckDBPyConnection,
    reading: Reading,
) -> DeliveredTable:
    """Read what is unpacked; of a damaged file whatever could be, so that the report is whole."""
    damage: tuple[Problem, ...] = ()
    try:
        try:
            unpack(unpacked)
        except TooLarge:
            return DeliveredTable(problems=(too_large("file"),))
        except DAMAGED as error:
            if is_at_fault(error):
                raise
            damage = (_damage(error),)
        if not unpacked.exists():
            return DeliveredTable(problems=damage)
        table = reader(unpacked, connection, unpacked.parent, reading)
    finally:
        unpacked.unlink(missing_ok=True)
    if damage and not table.columns:
        return replace(table, problems=damage)
    return replace(table, problems=(*damage, *table.problems))


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path, packed: int) -> None:
    """Unpack in small pieces; raises TooLarge as soon as it is more than answers can be."""
    unpacked = 0
    with target.open("wb") as file:
        while chunk := source.read(CHUNK_BYTES):
            unpacked += len(chunk)
            if is_too_large(unpacked, packed):
                raise TooLarge
            file.write(chunk)


def _damage(error: Exception) -> Problem:
    message = f"The packed file is cut off or damaged: {error}."
    return Problem(Kind.TRUNCATED, message, SEND_AGAIN)
