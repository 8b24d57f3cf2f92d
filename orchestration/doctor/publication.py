"""The publication: whether the files that readers open are those that the manifest speaks of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import file_digest
from typing import Any

import duckdb

from orchestration.doctor.finding import Finding, listed, ok, wrong
from orchestration.publishing.candidate import CONTRACT_VERSION, MARTS_FILE, PARQUET_FOLDER
from orchestration.publishing.publication import Manifest, published_manifest
from orchestration.publishing.report import REPORT_FOLDER, report_checksum
from orchestration.settings import Settings
from orchestration.sql import identifier, literal

AGAIN = "`vakwerk publish` writes the files anew from the audited marts."


def publication(settings: Settings) -> tuple[Finding, Manifest | None]:
    """Parquet by sha256 and rows, the DuckDB file by build and rows, the report by sha256; and the manifest, if it can be read."""
    try:
        manifest = published_manifest(settings)
        if manifest is None:
            return ok("publication", "Nothing is published yet."), None
        differing = [
            *_parquet(settings, manifest["tables"]),
            *_database(settings, manifest),
            *_report(settings, manifest.get("report", {})),
        ]
        version = manifest["contract_version"]
    except (OSError, json.JSONDecodeError, KeyError) as error:
        return wrong("publication", f"The manifest cannot be read ({error!r}).", AGAIN), None
    if differing:
        return wrong(
            "publication", f"Not as the manifest says: {listed(differing)}.", AGAIN
        ), manifest
    if version != CONTRACT_VERSION:
        told = f"It has version {version} of the published interface, not {CONTRACT_VERSION}."
        return wrong("publication", told, "`vakwerk run` publishes it anew."), manifest
    told = f"Build {manifest['build_id']} is whole; published interface {version}."
    return ok("publication", told), manifest


def _parquet(settings: Settings, tables: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    folder = settings.published / PARQUET_FOLDER
    for name, table in tables.items():
        path = folder / f"{name}.parquet"
        told = f"{PARQUET_FOLDER}/{path.name}"
        if not path.is_file():
            yield f"{told} (gone)"
            continue
        with path.open("rb") as file:
            if file_digest(file, "sha256").hexdigest() != table["parquet_sha256"]:
                yield told
                continue
        counted = duckdb.execute(
            f"select count(*) from read_parquet({literal(str(path))})"  # noqa: S608
        ).fetchone()
        if counted != (table["rows"],):
            yield f"{told} (rows)"


def _report(settings: Settings, report: Mapping[str, Any]) -> Iterator[str]:
    folder = settings.published / REPORT_FOLDER
    if not folder.is_dir():
        yield f"{REPORT_FOLDER} (gone)"
    elif report_checksum(folder) != report.get("sha256"):
        yield REPORT_FOLDER


def _database(settings: Settings, manifest: Manifest) -> Iterator[str]:
    try:
        with duckdb.connect(settings.published / MARTS_FILE, read_only=True) as connection:
            build = connection.execute("select build_id from publication").fetchone()
            if build != (manifest["build_id"],):
                yield f"{MARTS_FILE} (build)"
            for name, table in manifest["tables"].items():
                # Each row is read, by which damage shows.
                row = connection.execute(
                    f"select count(*), sum(hash(rows)::hugeint) from {identifier(name)} as rows"  # noqa: S608
                ).fetchone()
                if row is None or row[0] != table["rows"]:
                    yield f"{MARTS_FILE}, table {name} (rows)"
    except duckdb.Error as error:
        yield f"{MARTS_FILE} ({str(error).splitlines()[0]})"
