"""Personal data where none belongs: columns outside the codebook that seem to hold some.

A remark for people, on columns that are refused anyway: so it may be wrong now and then, and it
looks at a sample. The values themselves are never repeated.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

TELLING_NAME = re.compile(
    r"(^|[^a-z])((voor|achter|full|first|last|sur|user)[ _-]?)?(naam|name)([^a-z]|$)"
    r"|e-?mail|telefoon|phone|mobiel|(^|[^a-z])bsn([^a-z]|$)|burgerservice|adres|address"
    r"|geboortedatum|birth[ _-]?date|date[ _-]?of[ _-]?birth",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
PHONE = re.compile(r"(\+|00)31[ -]?[1-9]([ -]?\d){8}|0[1-9]([ -]?\d){8}")
ENOUGH = 0.5


def remark(name: str, sample: Sequence[str]) -> str | None:
    """What kind of personal data the column seems to hold, by its name or a sample of its values."""
    for kind, is_kind in KINDS.items():
        if sample and sum(map(is_kind, sample)) >= ENOUGH * len(sample):
            return f"It seems to hold {kind}"
    return "By its name it may hold personal data" if TELLING_NAME.search(name) else None


def is_bsn(value: str) -> bool:
    """Whether the text has the check digit of a citizen service number (the eleven test)."""
    if not re.fullmatch(r"\d{9}", value) or value == "000000000":
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(w * int(digit) for w, digit in zip(weights, value, strict=True)) % 11 == 0


KINDS: Mapping[str, Callable[[str], bool]] = {
    "e-mail addresses": lambda value: bool(EMAIL.fullmatch(value)),
    "phone numbers": lambda value: bool(PHONE.fullmatch(value)),
    "citizen service numbers (BSN)": is_bsn,
}
