"""Privacy: what is not published is its owner's alone, and the key by which ids are hidden is there."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from orchestration.deliveries.pseudonyms import KEY_BYTES
from orchestration.deliveries.tombstones import tombstones_file
from orchestration.doctor.finding import Finding, listed, ok, wrong
from orchestration.doctor.warehouse import Warehouse
from orchestration.settings import Settings

OTHERS = stat.S_IRWXG | stat.S_IRWXO
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
READABLE = stat.S_IRGRP | stat.S_IROTH


def permissions(settings: Settings) -> Finding:
    """Everything in the home: open to readers is what is published, the documentation, and the way there."""
    open_to_others = sorted(set(_too_open(settings)))
    if open_to_others:
        return wrong(
            "permissions",
            f"Open to others: {listed(open_to_others)}.",
            f"In {settings.home}: chmod --recursive go-rwx "
            + " ".join(
                sorted({place.parts[0] for place in open_to_others if place.parts}) or ["."]
            ),
        )
    closed = [path.relative_to(settings.home) for path in _unreadable(settings)]
    if closed:
        told = f"Readers cannot open {listed(closed)}."
        return wrong("permissions", told, "`vakwerk publish` writes the files anew.")
    return ok("permissions", "What is not published is its owner's alone.")


def key(settings: Settings, warehouse: Warehouse) -> Finding:
    """The key: there, whole and private, once something was hidden with it."""
    place = settings.key_file
    restore = f"Restore {place} from its backup; nothing else brings it back."
    if not place.exists():
        if warehouse.deliveries == set() and not tombstones_file(settings).exists():
            return ok("key", "There is none yet; the first load makes it.")
        return wrong("key", "It is gone, though respondents are hidden by it.", restore)
    status = place.stat()
    if status.st_size != KEY_BYTES:
        return wrong("key", f"It has {status.st_size} bytes; a key has {KEY_BYTES}.", restore)
    if stat.S_IMODE(status.st_mode) & OTHERS:
        return wrong("key", f"{place} is open to others.", f"chmod 0600 {place}")
    return ok("key", "It is there, whole and private.")


def _too_open(settings: Settings) -> Iterator[Path]:
    if _mode(settings.home) & OTHERS_WRITE:
        yield Path()
    for top in sorted(settings.home.iterdir()):
        if top in (settings.published, settings.documentation):
            limit, paths = OTHERS_WRITE, _below(top)
        elif top == settings.landing:
            # What lies in it is its sender's; nobody but their group comes to it.
            limit, paths = stat.S_IRWXO, iter((top,))
        elif (top / "archive").is_dir() or (top / "dagster").is_dir():
            # The home of another survey.
            continue
        else:
            limit, paths = OTHERS, _below(top)
        for path in paths:
            if _mode(path) & limit:
                yield path.relative_to(settings.home)


def _unreadable(settings: Settings) -> Iterator[Path]:
    if settings.published.is_dir():
        for path in _below(settings.published):
            if not path.name.startswith(".") and _mode(path) & READABLE != READABLE:
                yield path


def _below(top: Path) -> Iterator[Path]:
    yield top
    yield from sorted(top.rglob("*"))


def _mode(path: Path) -> int:
    """The permissions of a file or folder; those of a link are its target's, which is seen too."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return 0
    return READABLE if stat.S_ISLNK(status.st_mode) else stat.S_IMODE(status.st_mode)
