"""Cells: text from a delivery in a file that people open with a spreadsheet, which takes none for a formula.

The codebook has to have a code or a wording just as it was delivered, so an apostrophe is put before
it in the proposal alone, and taken away when the proposal is read. What belongs here: one cell.
"""

from __future__ import annotations

import re

FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def as_shown(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would calculate it; a number is none."""
    return f"'{text}" if FORMULA.match(text) and not NUMBER.fullmatch(text) else text


def as_meant(cell: str) -> str:
    """The text that `as_shown` made a cell of."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
