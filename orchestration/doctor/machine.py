"""The machine: versions, room on the disk, and what a process that was killed left behind."""

from __future__ import annotations

import fcntl
import json
import shutil
from importlib.metadata import version
from pathlib import Path

import duckdb

from orchestration.deliveries.schema import SCHEMA_VERSION
from orchestration.doctor.finding import Finding, busy, listed, ok, wrong
from orchestration.doctor.warehouse import Warehouse
from orchestration.publishing.candidate import CONTRACT_VERSION
from orchestration.settings import Settings

GIGABYTE = 1 << 30
# What a process makes under such a name, it gives another name or removes at the end.
LEFTOVERS = (
    "rebuilding",
    ".warehouse.duckdb.fresh",
    "warehouse.duckdb.tmp",
    "accepted/.incoming",
    "archive/.revisions.duckdb.fresh",
    "archive/*/.*",
    "published/builds/.*",
)


def versions(settings: Settings) -> Finding:
    """Which software this is; it is never wrong by itself."""
    return ok(
        "versions",
        f"vakwerk {version('vakwerk')}, warehouse {SCHEMA_VERSION}, published interface "
        f"{CONTRACT_VERSION}, duckdb {duckdb.__version__}, dbt {version('dbt-core')}, "
        f"dagster {version('dagster')}; target {settings.target}.",
    )


def disk(settings: Settings) -> Finding:
    """Whether there is room to write the warehouse and a publication anew beside what stands."""
    files = (settings.warehouse, *settings.published.glob("current/*"))
    files += tuple(settings.published.glob("current/parquet/*"))
    needed = sum(path.stat().st_size for path in files if path.is_file())
    free = shutil.disk_usage(settings.home).free
    told = (
        f"{free / GIGABYTE:,.1f} GB are free, {needed / GIGABYTE:,.1f} GB are written anew at most."
    )
    if free < needed:
        return wrong(
            "disk", told, "Make room: a refresh may stop, and readers keep what they have."
        )
    return ok("disk", told)


def leftovers(settings: Settings, warehouse: Warehouse) -> Finding:
    """What killed processes left behind, if none is at work that may still need it."""
    found = [
        path.relative_to(settings.home)
        for pattern in LEFTOVERS
        for path in sorted(settings.home.glob(pattern))
    ]
    if not found:
        return ok("leftovers", "Nothing is left of a killed run.")
    if warehouse.finding.verdict == "busy" or _is_locked(settings.accepted / ".lock"):
        return busy("leftovers", "Another process is at work.")
    return wrong(
        "leftovers",
        f"Left of a killed run: {listed(found)}.",
        f"In {settings.home}: rm --recursive {' '.join(map(str, found))}",
    )


def erasures(settings: Settings) -> Finding:
    """Whether every erasure that was begun was finished."""
    open_ones = []
    for path in sorted(settings.erasures.glob("[!.]*.json")):
        if json.loads(path.read_text(encoding="utf-8"))["finished_at"] is None:
            open_ones.append(path.with_suffix(".txt").relative_to(settings.home))
    if open_ones:
        told = f"Not finished: {listed(open_ones)}."
        return wrong("erasures", told, "Forget the respondent again; it goes on from there.")
    return ok("erasures", "Each that was begun is finished.")


def _is_locked(lock: Path) -> bool:
    """Whether another process is at the door."""
    if not lock.exists():
        return False
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
