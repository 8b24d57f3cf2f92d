"""The encoding of a text file: what it is, and the file as UTF-8.

What belongs here: which bytes a text file holds. What does not: its rows and cells. Declared
encodings are believed until a byte contradicts them. Undeclared, a file that is UTF-8 throughout is
UTF-8; one that is UTF-8 in some lines and not in others is damaged UTF-8; the rest is windows-1252,
of which ISO-8859-1 text is a part, where no line speaks against it nor charset-normalizer.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj

from orchestration.deliveries.report import Kind, Problem

CHUNK_BYTES = 1 << 20
UTF_8 = "utf-8"
WINDOWS_1252 = "windows-1252"
ISO_8859_1 = "iso-8859-1"
# By Python's name of the codec, which knows every alias.
ENCODINGS = {
    "utf-8": UTF_8,
    "utf-8-sig": UTF_8,
    "ascii": UTF_8,
    "cp1252": WINDOWS_1252,
    "iso8859-1": ISO_8859_1,
}
# Bytes that stand for no character, or in ISO-8859-1 for control characters that no text has.
NO_TEXT = {
    WINDOWS_1252: re.compile(rb"[\x81\x8d\x8f\x90\x9d]"),
    ISO_8859_1: re.compile(rb"[\x80-\x9f]"),
}
# Western words have one accent or two in a row (één), those of other scripts have many; nor does a
# letter stand alone between two of those signs that windows-1252 has beyond ISO-8859-1.
FOREIGN = re.compile(rb"[\xc0-\xff]{3}|[\x80-\x9f][\xc0-\xff][\x80-\x9f]")
# A column of short words with accents looks odder to charset-normalizer than running text does.
MOST_MESS = 0.35

DECLARE_ANOTHER = (
    f"Declare {UTF_8}, {WINDOWS_1252} or {ISO_8859_1}, or export the file as UTF-8 (in a "
    "spreadsheet: “CSV UTF-8”) and deliver it again."
)


@dataclass(frozen=True)
class Scan:
    """What one pass over the bytes of a file tells."""

    is_blank: bool
    is_utf8: bool
    has_zero_bytes: bool
    line_feeds: int


@dataclass(frozen=True)
class Encoding:
    """An encoding, and where it is known from: `declared`, `detected` or `assumed`."""

    name: str
    source: str

    def __str__(self) -> str:
        return f"{self.name} ({self.source})"


def scan(path: Path) -> Scan:
    """Look at every byte of the file once."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_blank = is_utf8 = True
    has_zero_bytes = False
    line_feeds = 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            is_blank = is_blank and not chunk.strip()
            has_zero_bytes = has_zero_bytes or b"\0" in chunk
            line_feeds += chunk.count(b"\n")
            is_utf8 = is_utf8 and _decodes(decoder, chunk)
    return Scan(
        is_blank=is_blank,
        is_utf8=is_utf8 and _decodes(decoder, b"", final=True),
        has_zero_bytes=has_zero_bytes,
        line_feeds=line_feeds,
    )


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def encoding_of(path: Path, scanned: Scan, declared: str | None) -> Encoding | Problem:
    """The encoding that is declared, or else detected; a problem where it is one that is not read."""
    if declared is not None:
        try:
            name = ENCODINGS.get(codecs.lookup(declared).name)
        except LookupError:
            name = None
        if name is None:
            message = f"The declared encoding {declared!r} is none that is read."
            return Problem(Kind.WRONG_ENCODING, message, DECLARE_ANOTHER)
        return Encoding(name, "declared")
    if scanned.is_utf8:
        return Encoding(UTF_8, "detected")
    if _reads_as_windows_1252(path):
        return Encoding(WINDOWS_1252, "detected")
    return Encoding(UTF_8, "assumed")


def _reads_as_windows_1252(path: Path) -> bool:
    """Whether every line beyond ASCII can be Western text and is no UTF-8, and they look like text."""
    import charset_normalizer

    with path.open("rb") as file:
        sample = bytearray(file.read(CHUNK_BYTES))
        file.seek(0)
        for line in file:
            if line.isascii():
                continue
            if (
                first_wrong_byte(line, UTF_8) is None
                or NO_TEXT[WINDOWS_1252].search(line)
                or FOREIGN.search(line)
            ):
                return False
            if len(sample) < 2 * CHUNK_BYTES:
                sample += line
    found = charset_normalizer.from_bytes(
        sample, cp_isolation=["utf_8", "cp1252", "latin_1"], threshold=MOST_MESS
    ).best()
    return found is not None and found.encoding in ("cp1252", "latin_1")


def first_wrong_byte(line: bytes, encoding: str) -> int | None:
    """The place (from 0) of the first byte that is no text in the encoding."""
    if encoding == UTF_8:
        try:
            line.decode()
        except UnicodeDecodeError as error:
            return error.start
        return None
    found = NO_TEXT[encoding].search(line)
    return found.start() if found else None


def has_wrong_bytes(path: Path, encoding: str) -> bool:
    """Whether a byte of a file contradicts its encoding, which is not UTF-8."""
    with path.open("rb") as file:
        return any(
            NO_TEXT[encoding].search(chunk) for chunk in iter(lambda: file.read(CHUNK_BYTES), b"")
        )


def write_as_utf8(path: Path, encoding: str, target: Path) -> Path:
    """Copy a text file as UTF-8, its line ends as they are; gives the copy."""
    with (
        path.open(encoding=encoding, errors="replace", newline="") as source,
        target.open("w", encoding=UTF_8, newline="") as copy,
    ):
        copyfileobj(source, copy, CHUNK_BYTES)
    return target
