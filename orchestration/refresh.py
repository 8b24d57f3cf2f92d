"""The refresh as one call: take deliveries in at the door, and run Dagster's job if anything is new.

What belongs here: whether there is work, and what came of it. What does not: the work, which the
job does. Dagster is imported only when there is something to run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.codebook import Codebook
from orchestration.deliveries.accepted import waiting_for
from orchestration.deliveries.door import accept
from orchestration.deliveries.errors import DeliveryRefused
from orchestration.deliveries.landing import pending
from orchestration.deliveries.warehouse import state
from orchestration.fingerprints import code_fingerprint
from orchestration.preparation import make_home, prepare
from orchestration.publishing.publication import Manifest, published_manifest
from orchestration.settings import Settings

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Taken:
    """What the door did: the waves that wait to be loaded, and every refusal."""

    waves: tuple[str, ...]
    refusals: tuple[DeliveryRefused, ...]


@dataclass(frozen=True)
class Outcome:
    """What came of a run of the job; `problems` says in sentences why it did not end well."""

    succeeded: bool
    manifest: Manifest | None
    problems: tuple[str, ...] = field(default=())
    warnings: tuple[str, ...] = field(default=())


def take_in(settings: Settings, paths: Iterable[Path], wave_id: str | None = None) -> Taken:
    """Take in these files (or those in these folders) and what lies in the landing folder.

    A refusal keeps no other file out. Raises what `accept` raises for reasons other than the file.
    """
    make_home(settings)
    files = [file for path in paths for file in _files(path)]
    refusals = []
    for file in [*files, *(delivery.path for delivery in pending(settings))]:
        try:
            accept(file, settings, wave_id if file in files else None)
        except DeliveryRefused as refusal:
            refusals.append(refusal)
    waves = Codebook(settings.codebook).waves
    return Taken(
        waves=tuple(wave for wave in waves if waiting_for(settings.accepted, wave)),
        refusals=tuple(refusals),
    )


def reason_to_refresh(settings: Settings, taken: Taken) -> str | None:
    """Why the marts that readers see are not those that would be built now; None if they are."""
    if taken.waves:
        return f"new delivery of wave {', '.join(taken.waves)}"
    manifest = published_manifest(settings)
    if manifest is None:
        return "nothing is published yet"
    if manifest["codebook_fingerprint"] != Codebook(settings.codebook).fingerprint:
        return "the codebook changed"
    if manifest["code_fingerprint"] != code_fingerprint(settings):
        return "the models or checks changed"
    published = {wave["wave_id"]: wave["sha256"] for wave in manifest["waves"]}
    if published != {wave_id: wave.sha256 for wave_id, wave in state(settings).items()}:
        return "a loaded wave is not published yet"
    return None


def refresh(settings: Settings, waves: Iterable[str], progress: Progress) -> Outcome:
    """Run the job for these waves, in this process; `progress` is told what it is doing.

    Raises PreparationError where the models cannot be parsed.
    """
    progress("preparing")
    prepare(settings)
    os.environ.update(settings.environment)
    # Dagster and dbt take seconds to import; a run with nothing to do never comes here.
    from orchestration.running import run_refresh

    problems, warnings = run_refresh(settings, list(waves), progress)
    manifest = None if problems else published_manifest(settings)
    return Outcome(not problems, manifest, tuple(problems), tuple(warnings))


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if file.is_file() and file.name[0] != ".")
