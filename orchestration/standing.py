"""What stands: of what the last good build was made, and how much of it has to be made again.

What belongs here: what is kept of a build beside its audit, and the choice between building
everything, what is new, what changed, and nothing. What does not: building, and the audit itself,
which lies in the warehouse and names the build that stands there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from duckdb import DuckDBPyConnection

from orchestration.audit import Build
from orchestration.codebook import Codebook
from orchestration.deliveries.private import private_folder
from orchestration.fingerprints import foundation_fingerprint, project_fingerprint
from orchestration.settings import Settings

MANIFEST: Final = "manifest.json"
RUN_RESULTS: Final = "run_results.json"
ORIGINS = "origins.json"

# What Dagster is told of a table that was not built again: the build that stood before.
STANDS_SINCE = "stands_since_build"


class Extent(Enum):
    """How much of the warehouse a build makes again."""

    EVERYTHING = "everything, every wave counted again"
    NEW = "everything, only new waves counted again"
    CHANGED = "what changed and what follows from it"
    NOTHING = "nothing: only checks or pages changed"


@dataclass(frozen=True)
class Origins:
    """Fingerprints of all that a build is made of: waves, codebook, the models, and what makes
    tables without dbt seeing it.
    """

    waves: str
    codebook: str
    models: str
    foundation: str


@dataclass(frozen=True)
class Built:
    """How many tables and views a run built again, of all that the models make."""

    again: int
    of: int

    def __str__(self) -> str:
        return f"{self.again or 'none'} of {self.of} models and codebook tables"


def origins_of(connection: DuckDBPyConnection, settings: Settings) -> Origins:
    """Of what a build would be made now. The warehouse has had its lists of deliveries made."""
    deliveries = connection.execute("from raw.deliveries order by all").fetchall()
    return Origins(
        waves=sha256(repr(deliveries).encode()).hexdigest(),
        codebook=Codebook(settings.codebook).fingerprint,
        models=project_fingerprint(settings),
        foundation=foundation_fingerprint(settings),
    )


def extent_of(settings: Settings, stands: Build | None, code: str, now: Origins) -> Extent:
    """How much has to be made again, where `stands` is in the warehouse and `code` is the code now.

    Whatever is not known for sure is made again.
    """
    if stands is None or stands.code_fingerprint == code:
        return Extent.NEW
    before = _origins_kept(settings, stands) if stands.succeeded else None
    if before is None or before.foundation != now.foundation:
        return Extent.EVERYTHING
    same_inputs = (before.waves, before.codebook) == (now.waves, now.codebook)
    if before.models == now.models:
        return Extent.NOTHING if same_inputs else Extent.NEW
    # Spark counts for its own folder, which knows of one code at a time.
    is_small = same_inputs and settings.engine != "spark"
    return Extent.CHANGED if is_small else Extent.EVERYTHING


def kept_folder(settings: Settings, build_id: str) -> Path:
    """What is kept of a build: dbt's manifest and results, and its origins."""
    return settings.built / build_id


def kept_results(settings: Settings, build_id: str) -> Mapping[str, Any]:
    """dbt's results of a build that is kept."""
    kept = kept_folder(settings, build_id) / RUN_RESULTS
    results: Mapping[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return results


def keep(settings: Settings, build_id: str, origins: Origins) -> None:
    """Keep of this good build what dbt's folder says of it, in place of those before."""
    folder = kept_folder(settings, build_id)
    shutil.rmtree(settings.built, ignore_errors=True)
    private_folder(settings.built)
    private_folder(folder)
    for name in (MANIFEST, RUN_RESULTS):
        shutil.copyfile(settings.dbt_artifacts / name, folder / name)
    # Last: without it, the rest counts for nothing.
    (folder / ORIGINS).write_text(json.dumps(asdict(origins)), encoding="utf-8")


def _origins_kept(settings: Settings, stands: Build) -> Origins | None:
    """The origins of the build that stands; None where they, or what lies with them, cannot be read."""
    folder = kept_folder(settings, stands.build_id)
    try:
        for name in (MANIFEST, RUN_RESULTS):
            json.loads((folder / name).read_text(encoding="utf-8"))
        return Origins(**json.loads((folder / ORIGINS).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
