"""The publication: the folder that readers open, and the switch from one build to the next.

    published/builds/<build>/   marts.duckdb, parquet/, report/, manifest.json of one build
    published/current           link to the build that readers see
    published/marts.duckdb      link into `current`, and so for parquet, report and manifest.json

Everything switches in one replacement of `current`, so no reader meets half a publication; one
that has a file open goes on reading it. What belongs here: that folder. What does not: its content.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb

from orchestration import audit
from orchestration.codebook import Codebook
from orchestration.deliveries.warehouse import connected
from orchestration.machine import remedy
from orchestration.moments import moment_after
from orchestration.publishing.candidate import (
    CONTRACT_VERSION,
    MARTS_FILE,
    PARQUET_FOLDER,
    READABLE_FILE,
    READABLE_FOLDER,
    PublishingError,
    Table,
    write_candidate,
)
from orchestration.publishing.report import REPORT_FOLDER, add_report
from orchestration.settings import Settings

MANIFEST_FILE = "manifest.json"
LINKS = (MARTS_FILE, PARQUET_FOLDER, REPORT_FOLDER, MANIFEST_FILE)
BUILDS_KEPT = 2
REQUIRED_SUITES = ("dbt", "staging", "marts")

Manifest = Mapping[str, Any]


def publish(settings: Settings) -> Manifest:
    """Write the marts that stand in the warehouse and show them to readers; gives the manifest.

    Raises PublishingError where a check objects or the files cannot be written, WarehouseBusy where
    another process writes to the warehouse; readers then keep the publication that they had.
    """
    if not settings.warehouse.exists():
        raise PublishingError("Nothing has been built yet: run `vakwerk run` first.")
    with connected(settings, read_only=True) as connection:
        reasons = audit.objections(connection, required_suites=REQUIRED_SUITES)
        if reasons:
            raise PublishingError(
                "Not published, and readers keep what they have:\n- " + "\n- ".join(reasons)
            )
        facts = _facts(connection, settings)
    builds = settings.published / "builds"
    moment = moment_after(path.name for path in builds.glob("[!.]*/"))
    build_id = f"{moment}-{str(facts['build'])[:8]}"
    incomplete = builds / f".{build_id}"
    try:
        _remove_incomplete(builds)
        incomplete.mkdir(parents=True)
        for folder in (settings.published, builds):
            folder.chmod(READABLE_FOLDER)
        tables = write_candidate(settings, incomplete, build_id)
        report = add_report(incomplete)
        described = _described(tables, incomplete)
        manifest = {"build_id": build_id, **facts, "report": report, "tables": described}
        path = incomplete / MANIFEST_FILE
        path.write_text(json.dumps(manifest, indent=2, default=str) + "\n", encoding="utf-8")
        path.chmod(READABLE_FILE)
        _to_disk(*incomplete.rglob("*"), incomplete)
        incomplete.rename(builds / build_id)
        _to_disk(builds)
        _switch(settings.published, build_id)
    except PublishingError:
        shutil.rmtree(incomplete, ignore_errors=True)
        raise
    except (OSError, duckdb.Error) as error:
        shutil.rmtree(incomplete, ignore_errors=True)
        raise PublishingError(
            f"The publication could not be written to {builds} ({error}); readers keep what they have. "
            f"{remedy(str(error)) or 'Mend this, then run `vakwerk publish`.'}"
        ) from error
    _prune(builds, keep=build_id)
    return manifest


def published_manifest(settings: Settings) -> Manifest | None:
    """The manifest of what readers see; None where nothing is published."""
    path = settings.published / MANIFEST_FILE
    if not path.is_file():
        return None
    manifest: Manifest = json.loads(path.read_text(encoding="utf-8"))
    return manifest


def drop_older_builds(settings: Settings) -> list[str]:
    """Remove every build but the one that readers see; gives the names of those removed.

    For an erasure, after which no earlier result may stand.
    """
    builds = settings.published / "builds"
    if published_manifest(settings) is None:
        return []
    _remove_incomplete(builds)
    shown = (settings.published / "current").readlink().name
    older = sorted(path for path in builds.glob("[!.]*/") if path.name != shown)
    for path in older:
        shutil.rmtree(path)
    return [path.name for path in older]


def _facts(connection: duckdb.DuckDBPyConnection, settings: Settings) -> dict[str, object]:
    build = audit.last_build(connection)
    assert build is not None
    survey = Codebook(settings.codebook).survey
    waves = connection.execute(
        "select wave_id, revision, sha256, respondents, is_synthetic from marts.dim_waves order by wave_id"
    )
    names = [column[0] for column in waves.description]
    return {
        "build": build.build_id,
        "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "contract_version": CONTRACT_VERSION,
        "survey": {"survey_id": survey["survey_id"], "label": survey["label_en"]},
        "software": {"vakwerk": version("vakwerk"), "duckdb": duckdb.__version__},
        "code_fingerprint": build.code_fingerprint,
        "codebook_fingerprint": build.codebook_fingerprint,
        "waves": [dict(zip(names, row, strict=True)) for row in waves.fetchall()],
        "checks": audit.check_counts(connection),
    }


def _described(tables: Mapping[str, Table], folder: Path) -> dict[str, dict[str, object]]:
    return {
        name: {
            "rows": table.rows,
            "parquet_sha256": sha256(
                (folder / PARQUET_FOLDER / f"{name}.parquet").read_bytes()
            ).hexdigest(),
        }
        for name, table in tables.items()
    }


def _to_disk(*paths: Path) -> None:
    """Wait until these files and folders are on the disk, so that a power cut leaves them whole."""
    for path in paths:
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _switch(published: Path, build_id: str) -> None:
    """Point readers at the build, in one step."""
    _link(published / "current", Path("builds") / build_id)
    for name in LINKS:
        if not (published / name).is_symlink():
            _link(published / name, Path("current") / name)


def _link(link: Path, target: Path) -> None:
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def _remove_incomplete(builds: Path) -> None:
    """What a killed run left behind."""
    for leftover in builds.glob(".*/"):
        shutil.rmtree(leftover)


def _prune(builds: Path, keep: str) -> None:
    older = sorted(path for path in builds.glob("[!.]*/") if path.name < keep)
    for path in older[: -(BUILDS_KEPT - 1)]:
        shutil.rmtree(path)
