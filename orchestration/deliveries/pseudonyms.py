"""Pseudonyms: a keyed hash in the place of each respondent id, made at the door.

HMAC-SHA256 over `<wave id>` NUL `<respondent id>`. The wave is part of the message because ids are
given out anew in each wave: the same id in two waves is two people, and must not look like one.
The key stands in a file outside the warehouse, so that whoever has the warehouse alone cannot
try out ids.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from tempfile import NamedTemporaryFile

from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.private import owner_only, private_folder
from orchestration.sql import identifier

KEY_BYTES = 32
BLOCK_BYTES = 64
INNER_PAD = 0x36
OUTER_PAD = 0x5C


def read_key(key_file: Path, *, may_create: bool) -> bytes:
    """The key; made on first use, where nothing was hashed with another one yet.

    Raises DeliveryError where the key is gone though waves are loaded, or is no key.
    """
    if not key_file.exists():
        if not may_create:
            raise DeliveryError(
                f"{key_file} is gone, but waves are loaded whose respondents it hides: restore it "
                "from its backup. Without it a corrected wave cannot be matched with the old one."
            )
        _create(key_file)
    key = key_file.read_bytes()
    if len(key) != KEY_BYTES:
        raise DeliveryError(
            f"{key_file} has {len(key)} bytes; a key has {KEY_BYTES}. Restore it from its backup."
        )
    return key


def pseudonym(column: str) -> str:
    """SQL: the keyed hash of a column of respondent ids, 64 hexadecimal digits; see `parameters`."""
    return f"sha256($outer || unhex(sha256($inner || encode({identifier(column)}))))"


def parameters(key: bytes, wave_id: str) -> dict[str, bytes]:
    """The parameters of `pseudonym`: the two blocks in which HMAC hides the key."""
    block = key.ljust(BLOCK_BYTES, b"\0")
    return {
        "inner": bytes(byte ^ INNER_PAD for byte in block) + wave_id.encode() + b"\0",
        "outer": bytes(byte ^ OUTER_PAD for byte in block),
    }


def _create(key_file: Path) -> None:
    # Written aside and linked into place: of two processes one wins, and none reads half a key.
    private_folder(key_file.parent)
    with owner_only(), NamedTemporaryFile(dir=key_file.parent) as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(file.name, key_file)
        except FileExistsError:
            return
