"""The log of copies: who had one made, when, of what, and where it was put; one JSON object a line.

What belongs here: adding to it and reading it. What does not: making or removing a copy.
"""

from __future__ import annotations

import json
import os
import pwd
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestration.deliveries.private import owner_only, private_folder
from orchestration.errors import VakwerkError
from orchestration.settings import Settings

LOG = "copies.jsonl"
# Begins the name of a folder in which a copy is being written.
UNFINISHED = ".copying_"


class AnalysisError(VakwerkError):
    """A copy cannot be made, or the log of them be read; the message says what to do."""


@dataclass(frozen=True)
class Copy:
    """A copy that was made: `waves` with their revisions; `asked_by` is who became `user` by sudo."""

    made_at: str
    user: str
    asked_by: str | None
    waves: Mapping[str, int]
    respondents: int
    answers: int
    path: str
    sha256: str


def folder_of(settings: Settings) -> Path:
    """Where copies lie unless another place is named, and their log."""
    return settings.home / "analysis"


def note(settings: Settings, copy: Copy) -> None:
    """Note a copy that was made, before it is put in its place."""
    _add(settings, {"copy": "made", **asdict(copy)})


def note_removed(settings: Settings, copy: Copy) -> None:
    """Note that a copy was removed."""
    _add(settings, {"copy": "removed", "removed_at": now(), "path": copy.path})


def copies(settings: Settings) -> list[Copy]:
    """Every copy that was made and not removed since, whether or not it is still there.

    Raises AnalysisError where the log cannot be read.
    """
    found: dict[str, Copy] = {}
    log = folder_of(settings) / LOG
    try:
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        for line in filter(None, lines):
            told = json.loads(line)
            if told.pop("copy") == "made":
                found[told["path"]] = Copy(**told)
            else:
                found.pop(told["path"], None)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise AnalysisError(
            f"{log} cannot be read ({error}): mend it, or bring it back from a backup. It says "
            "where copies of answers are."
        ) from error
    return list(found.values())


def now() -> str:
    """This moment, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def user() -> str:
    """The user of the operating system, whatever the environment says."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _add(settings: Settings, line: Mapping[str, object]) -> None:
    log = private_folder(folder_of(settings)) / LOG
    with owner_only(), log.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())
