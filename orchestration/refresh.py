"""The refresh as one call: take deliveries in at the door, and run Dagster's job if anything is new.

What belongs here: whether there is work, and what came of it. What does not: the work, which the
job does. Dagster is imported only when there is something to run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from orchestration.codebook import Codebook
from orchestration.counting import Recount, counts_of, recounts
from orchestration.deliveries.accepted import held_because, to_load
from orchestration.deliveries.door import accept
from orchestration.deliveries.errors import DeliveryError, DeliveryRefused
from orchestration.deliveries.landing import deliveries_in, pending
from orchestration.deliveries.ledger import begin_ledger
from orchestration.deliveries.manifest import MANIFEST
from orchestration.deliveries.warehouse import state
from orchestration.fingerprints import code_fingerprint
from orchestration.holding import hold
from orchestration.notices import held_notice, refusal_notice, send
from orchestration.preparation import make_home, prepare
from orchestration.publishing.publication import Manifest, published_manifest
from orchestration.settings import Settings
from orchestration.standing import Built

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Taken:
    """What the door did: the waves that wait to be loaded, every refusal, and why waves are held back."""

    waves: tuple[str, ...]
    refusals: tuple[DeliveryRefused, ...]
    held: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """What is left to do: for which waves, why, and a fingerprint of all that it follows from."""

    waves: tuple[str, ...]
    reason: str
    fingerprint: str


@dataclass(frozen=True)
class Outcome:
    """What came of a run of the job: `manifest` of what it published, None where readers keep what
    they had; `problems` says in sentences why it did not end well, which it may have done after it
    published, `counted` which waves' cells were counted again, and `built` how many tables and views
    were built again, None where the run did not come to them.
    """

    succeeded: bool
    manifest: Manifest | None
    problems: tuple[str, ...] = field(default=())
    warnings: tuple[str, ...] = field(default=())
    counted: tuple[Recount, ...] = field(default=())
    built: Built | None = None


def take_in(settings: Settings, paths: Iterable[Path], wave_id: str | None = None) -> Taken:
    """Take in these files (or those in these folders) and what lies in the landing folder.

    A refusal keeps no other file out. Raises what `accept` raises for reasons other than the file.
    """
    make_home(settings)
    begin_ledger(settings)
    codebook = Codebook(settings.codebook)
    files = [file for path in paths for file in _files(path, codebook)]
    refusals = []
    for file in [
        *files,
        *(delivery.path for delivery in pending(settings) if delivery.waits_for is None),
    ]:
        try:
            accepted = accept(file, settings, wave_id if file in files else None)
            if reason := hold(settings, accepted.wave_id):
                send(settings, held_notice(accepted.wave_id, reason))
        except DeliveryRefused as refusal:
            send(settings, refusal_notice(refusal))
            refusals.append(refusal)
        except DeliveryError:
            # Gone from the landing folder: another run has taken it in and loaded it meanwhile.
            if file in files or file.exists():
                raise
    return Taken(tuple(_waiting(settings)), tuple(refusals), held(settings))


def held(settings: Settings) -> Mapping[str, str]:
    """Why the delivery of a wave is held back, by wave; none of others."""
    reasons = {
        wave_id: held_because(settings.accepted, wave_id)
        for wave_id in Codebook(settings.codebook).waves
    }
    return {wave_id: reason for wave_id, reason in reasons.items() if reason}


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
    # An erasure is a revision of the same file.
    published = {wave["wave_id"]: wave["revision"] for wave in manifest["waves"]}
    if published != {wave_id: wave.revision for wave_id, wave in state(settings).items()}:
        return "a loaded wave is not published yet"
    return None


def unfinished_work(settings: Settings) -> Work | None:
    """What was taken in or loaded and is not published; None where nothing is, or nothing came yet.

    Raises WarehouseBusy while another process writes to the warehouse.
    """
    waiting, loaded = _waiting(settings), state(settings)
    reason = reason_to_refresh(settings, Taken(tuple(waiting), ()))
    waves = tuple(waiting or loaded)
    if reason is None or not waves:
        return None
    manifest = published_manifest(settings)
    known = [
        waiting,
        {wave_id: wave.revision for wave_id, wave in loaded.items()},
        manifest and manifest["build_id"],
        Codebook(settings.codebook).fingerprint,
        code_fingerprint(settings),
    ]
    return Work(waves, reason, sha256(json.dumps(known).encode()).hexdigest())


def refresh(settings: Settings, waves: Iterable[str], progress: Progress) -> Outcome:
    """Run the job for these waves, in this process; `progress` is told the step that it begins, and
    the same step again for each table or check of it that is done.

    Raises PreparationError where the models cannot be parsed.
    """
    progress("preparing")
    prepare(settings)
    os.environ.update(settings.environment)
    # Dagster and dbt take seconds to import; a run with nothing to do never comes here.
    from orchestration.running import run_refresh

    before, shown = counts_of(settings), published_manifest(settings)
    ran = run_refresh(settings, list(waves), progress)
    counted = recounts(before, counts_of(settings))
    manifest = published_manifest(settings)
    if manifest == shown:
        manifest = None
    return Outcome(not ran.problems, manifest, ran.problems, ran.warnings, counted, ran.built)


def _waiting(settings: Settings) -> dict[str, str]:
    """The sha256 of what is accepted, not held back and not loaded, by wave."""
    found = {
        wave_id: to_load(settings.accepted, wave_id)
        for wave_id in Codebook(settings.codebook).waves
    }
    return {wave_id: waiting.sha256 for wave_id, waiting in found.items() if waiting}


def _files(path: Path, codebook: Codebook) -> list[Path]:
    """The deliveries that a path means: a folder with a manifest is one, another holds some."""
    if not path.is_dir() or (path / MANIFEST).is_file():
        return [path]
    return [delivery.path for delivery in deliveries_in(path, codebook)]
