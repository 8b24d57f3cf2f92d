"""The certificate of an erasure: what was removed, from which files, and what is left to a person.

It is kept up to date at each step, so that one begun by a killed call is continued by the next.
What belongs here: its fields, its files and its words. What does not: removing. It holds neither
the id of the person nor a hash of it: its time ties it to their tombstone.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from orchestration.deliveries.private import owner_only, private_folder
from orchestration.settings import Settings


@dataclass(frozen=True)
class Removal:
    """What was done to one file, or to one table in it; `file` is its path from the home."""

    file: str
    done: str
    table: str | None = None
    rows: int | None = None


@dataclass
class Certificate:
    """An erasure; `erased_at` is its tombstone's, `finished_at` None until everything is done.

    `by_hand` says in sentences what a person has to see to before it can be finished; `elsewhere`
    names analysts' copies that are no longer where they were put, and what lies beside others.
    """

    wave_id: str
    erased_at: str
    finished_at: str | None = None
    build_before: str | None = None
    build_after: str | None = None
    revision_before: int | None = None
    revision_after: int | None = None
    removed: list[Removal] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The name of its files, without a suffix."""
        moment = datetime.fromisoformat(self.erased_at).strftime("%Y%m%dT%H%M%S.%fZ")
        return f"{moment}_{self.wave_id}"

    def as_text(self) -> str:
        """The certificate for a person: for the one who asked, and for the file."""
        head = [
            f"Erasure of one respondent of wave {self.wave_id}",
            f"asked for {self.erased_at}, "
            + (f"finished {self.finished_at}" if self.finished_at else "not finished yet"),
            f"loaded revision {_told(self.revision_before, self.revision_after)}",
            f"published build {_told(self.build_before, self.build_after)}",
            "",
        ]
        removed = [_line(removal) for removal in self.removed]
        nothing = [
            "Nothing of this respondent was found; later deliveries are loaded without them."
        ]
        by_hand = ["", "Left to do by hand:", *(f"- {what}" for what in self.by_hand)]
        elsewhere = [
            "",
            "May hold the respondent too; whoever has it destroys it, and asks for a new copy:",
        ]
        elsewhere += [f"- {what}" for what in self.elsewhere]
        return "\n".join(
            [*head, *(["Removed:", *removed] if removed else nothing)]
            + (by_hand if self.by_hand else [])
            + (elsewhere if self.elsewhere else [])
            + ["", "Backups, and copies outside the home folder, are not reached by this.", ""]
        )


def certificate_of(settings: Settings, wave_id: str, erased_at: str) -> Certificate:
    """The certificate of a tombstone: the one that was begun, or a new one."""
    fresh = Certificate(wave_id, erased_at)
    place = settings.erasures / f"{fresh.name}.json"
    if not place.exists():
        return fresh
    fields = json.loads(place.read_text(encoding="utf-8"))
    fields["removed"] = [Removal(**removal) for removal in fields["removed"]]
    return Certificate(**fields)


def write(settings: Settings, certificate: Certificate) -> Path:
    """Write a certificate as JSON and as text, each in one step; gives the path of the text."""
    private_folder(settings.erasures)
    place = settings.erasures / certificate.name
    _replace(place, ".json", json.dumps(asdict(certificate), indent=2, ensure_ascii=False) + "\n")
    return _replace(place, ".txt", certificate.as_text())


def _replace(place: Path, suffix: str, text: str) -> Path:
    written = place.with_name(f".{place.name}{suffix}")
    with owner_only():
        written.write_text(text, encoding="utf-8")
    return written.replace(place.with_name(f"{place.name}{suffix}"))


def _line(removal: Removal) -> str:
    table = f", table {removal.table}" if removal.table else ""
    rows = f" ({removal.rows} row{'' if removal.rows == 1 else 's'})" if removal.rows else ""
    return f"- {removal.file}{table}: {removal.done}{rows}"


def _told(before: object, after: object) -> str:
    if before == after:
        return f"{before or 'none'}, as before"
    return f"{before or 'none'} before, {after or 'none'} after"
