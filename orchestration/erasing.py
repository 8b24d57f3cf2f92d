"""Erasing as one call: a respondent is forgotten, and what was counted with them is counted anew.

What belongs here: the order from tombstone to finished certificate. What does not: what is removed
from which file (`deliveries.erasure`), and the refresh itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

from orchestration.codebook import Codebook
from orchestration.deliveries.accepted import exclusive, waiting_for
from orchestration.deliveries.arriving import is_manifest
from orchestration.deliveries.erasure import certificate as certificates
from orchestration.deliveries.erasure.certificate import Certificate, Removal
from orchestration.deliveries.erasure.forgetting import bury, forget
from orchestration.deliveries.erasure.person import ErasureError
from orchestration.deliveries.erasure.traces import traces
from orchestration.deliveries.rewriting import rewritten
from orchestration.deliveries.warehouse import state
from orchestration.mirroring.mirror import mirror
from orchestration.mirroring.server import MirrorError, configured_url
from orchestration.preparation import make_home
from orchestration.publishing.publication import drop_older_builds, published_manifest
from orchestration.refresh import Progress, refresh, take_in
from orchestration.settings import Settings


def erase(settings: Settings, wave_id: str, respondent_id: str, progress: Progress) -> Certificate:
    """Forget a respondent of a wave, publish without them, and leave no trace but the tombstone.

    What waits in the landing folder is taken in first, as by any run. Gives the certificate, which
    is finished unless something is left to do by hand. Raises ErasureError where the results could
    not be published without them, and what `forget` and `take_in` raise; the same call again goes
    on from there.
    """
    make_home(settings)
    progress("writing the tombstone")
    bury(settings, wave_id, respondent_id)
    take_in(settings, [])
    progress("removing the respondent from deliveries, archive and warehouse")
    certificate = forget(settings, wave_id, respondent_id)
    if settings.spark.exists():
        # Whichever engine counts now; Spark makes it again, of every wave.
        shutil.rmtree(settings.spark)
        certificate.removed.append(Removal(settings.spark.name, "removed"))
    published = published_manifest(settings)
    if certificate.build_before is None and published is not None:
        certificate.build_before = str(published["build_id"])
    certificates.write(settings, certificate)
    try:
        problems = _recompute(settings, wave_id, progress)
    finally:
        if settings.warehouse.exists():
            progress("writing the warehouse anew")
            with exclusive(settings.accepted):
                rewritten(settings.warehouse)
    if problems:
        raise ErasureError(
            "The respondent is removed, but the results could not be published without them, and "
            "readers see what was counted before. See to this, and forget the respondent again:"
            + "".join(f"\n- {problem}" for problem in problems)
        )
    for name in drop_older_builds(settings):
        certificate.removed.append(Removal(f"{settings.published.name}/builds/{name}", "removed"))
    published = published_manifest(settings)
    certificate.build_after = str(published["build_id"]) if published is not None else None
    if certificate.revision_before is not None:
        # A delivery that waited may have been loaded after the erasure.
        certificate.revision_after = state(settings)[wave_id].revision
    if settings.is_mirrored:
        progress("mirroring to Postgres")
        _mirror(settings, certificate)
    progress("looking for traces")
    certificate.by_hand += [
        f"{place} is still arriving, and may hold the respondent: forget them again when it is "
        "complete, or remove it."
        for place in _arriving(settings, wave_id)
    ]
    certificate.by_hand += [
        f"{place} still holds the respondent's id or its hash: remove this file."
        for place in traces(settings, wave_id, respondent_id)
    ]
    if not certificate.by_hand:
        certificate.finished_at = datetime.now(UTC).isoformat(timespec="seconds")
    certificates.write(settings, certificate)
    return certificate


def _recompute(settings: Settings, wave_id: str, progress: Progress) -> tuple[str, ...]:
    """Refresh and publish the wave, unless readers see its loaded revision and nothing waits.

    A delivery that waits to be loaded still lies in the landing folder as it came.
    """
    loaded = state(settings).get(wave_id)
    published = published_manifest(settings)
    shown = {
        wave["wave_id"]: wave["revision"] for wave in (published["waves"] if published else ())
    }
    waiting = waiting_for(settings.accepted, wave_id)
    if waiting is None and (loaded is None or shown.get(wave_id) == loaded.revision):
        return ()
    outcome = refresh(settings, [wave_id], progress)
    return outcome.problems if outcome.manifest is None else ()


def _mirror(settings: Settings, certificate: Certificate) -> None:
    """Let the mirror show the new build, which a run has done unless it failed in that alone."""
    try:
        mirrored = mirror(settings, configured_url() or "")
    except MirrorError as error:
        certificate.by_hand.append(
            f"The Postgres server may show what was counted before. {error} Then forget the "
            "respondent again."
        )
        return
    if mirrored.build_id != certificate.build_before:
        shown = Removal("the Postgres server", f"shows build {mirrored.build_id}")
        if shown not in certificate.removed:
            certificate.removed.append(shown)


def _arriving(settings: Settings, wave_id: str) -> Iterator[str]:
    """The files in the landing folder that are of the wave, or whose name does not tell."""
    codebook = Codebook(settings.codebook)
    for path in sorted(settings.landing.rglob("*")):
        wave = codebook.wave_of(path.name)
        is_of_another = wave is not None and wave.wave_id != wave_id
        if path.is_file() and not is_manifest(path.name) and not is_of_another:
            yield path.relative_to(settings.home).as_posix()
