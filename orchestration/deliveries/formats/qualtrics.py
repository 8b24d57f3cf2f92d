"""Qualtrics: three rows above the answers, of names, of texts, and of ids as `{"ImportId":"QID1"}`."""

from __future__ import annotations

import json
from collections.abc import Sequence

CONVENTION = "Qualtrics (three rows)"
HEADER_ROWS = 3
IMPORT_ID = "ImportId"


def is_header(rows: Sequence[Sequence[str | None]]) -> bool:
    """Whether the first rows of a table are Qualtrics' names, texts and ids."""
    if len(rows) < HEADER_ROWS or len({len(row) for row in rows[:HEADER_ROWS]}) > 1:
        return False
    return all(map(_is_import_id, rows[HEADER_ROWS - 1]))


def _is_import_id(cell: str | None) -> bool:
    try:
        content = json.loads(cell or "")
    except (ValueError, RecursionError):
        return False
    return isinstance(content, dict) and IMPORT_ID in content
