"""What stands in a home, and whether readers find a whole set in it.

What belongs here: looking. What does not: what ought to stand there, which the works say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import duckdb

from orchestration.deliveries.ledger import ledger_file
from orchestration.settings import Settings
from tests.standing import files, tables

# What differs between two builds of the same marts, and what is only part of the database.
PUBLICATION = ("build_id", "published_at")
LOG = "warehouse.duckdb.wal"


def loaded(settings: Settings) -> object:
    """What a home holds: its tables and those of the ledger but for the time of loading, and its other files."""
    found = dict(files(settings))
    for name in ("warehouse.duckdb", LOG, "archive/revisions.duckdb"):
        # What a killed process had committed may still stand in the log, which belongs to the database.
        found.pop(name, None)
    ledger = tables(ledger_file(settings), but=("loaded_at",))
    return tables(settings.warehouse, but=("loaded_at",)), ledger, found


def published(settings: Settings) -> object:
    """What readers see, but for the name and the time of the build: every table and every Parquet file."""
    folder = settings.published
    parquet = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder / "parquet").iterdir())
    }
    return tables(folder / "marts.duckdb", but=PUBLICATION), parquet


def unlike_its_manifest(folder: Path) -> list[str]:
    """What of a published set is not as its manifest says; nothing where it is whole."""
    manifest: Mapping[str, dict[str, dict[str, object]]] = json.loads(
        (folder / "manifest.json").read_text(encoding="utf-8")
    )
    unlike = []
    with duckdb.connect(folder / "marts.duckdb", read_only=True) as connection:
        row = connection.execute("select build_id from marts.publication").fetchone()
        if row != (manifest["build_id"],):
            unlike.append(f"the file is build {row}")
        for name, told in manifest["tables"].items():
            if connection.execute(f'select count(*) from marts."{name}"').fetchone() != (
                told["rows"],
            ):
                unlike.append(f"rows of {name}")
            parquet = (folder / "parquet" / f"{name}.parquet").read_bytes()
            if sha256(parquet).hexdigest() != told["parquet_sha256"]:
                unlike.append(f"{name}.parquet")
    return unlike
