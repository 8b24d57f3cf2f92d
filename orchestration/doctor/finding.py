"""A finding: what one check saw, in a line, and what to do where something is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "wrong", "busy"]

SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """What a check saw. `busy` is what cannot be told while another process works; it is not wrong."""

    check: str
    verdict: Verdict
    told: str
    remedy: str = ""


def ok(check: str, told: str) -> Finding:
    """All is well."""
    return Finding(check, "ok", told)


def wrong(check: str, told: str, remedy: str) -> Finding:
    """Something is wrong, and what to do about it."""
    return Finding(check, "wrong", told, remedy)


def busy(check: str, told: str) -> Finding:
    """It cannot be told now."""
    return Finding(check, "busy", told, "Ask again when it is done.")


def listed(things: Sequence[object]) -> str:
    """The first few of some things, and how many more there are."""
    shown = ", ".join(map(str, things[:SHOWN]))
    return shown if len(things) <= SHOWN else f"{shown} and {len(things) - SHOWN} more"
