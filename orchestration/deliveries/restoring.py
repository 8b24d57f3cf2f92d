"""Restoring: an earlier revision of a wave comes in again, out of the archive and through the door.

What belongs here: finding the archived delivery, and handing it to the door. What does not: judging
it, which the door does with the codebook and the erasures of today, and loading it (`loading`).
"""

from __future__ import annotations

from pathlib import Path

from orchestration.codebook import Codebook
from orchestration.deliveries.accepted import waiting_for
from orchestration.deliveries.archive import archived_as, is_sound
from orchestration.deliveries.door import Accepted, accept
from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.history import Revision, revisions
from orchestration.deliveries.landing import pending
from orchestration.settings import Settings


def restore(settings: Settings, wave_id: str, revision: int) -> Accepted:
    """Take an earlier revision of a wave in again, to be loaded as a new one called `restored`.

    `database` of what it gives is None where the wave stands on that delivery already. Raises
    DeliveryError where there is no such revision, its archived file is gone, or another delivery of
    the wave waits; DeliveryRefused where it no longer fits the codebook; WarehouseBusy.
    """
    earlier = _revision(settings, wave_id, revision)
    _wait_for_no_other(settings, wave_id)
    return accept(_archived(settings, earlier), settings, wave_id, purpose="restored")


def _revision(settings: Settings, wave_id: str, revision: int) -> Revision:
    known = revisions(settings, wave_id)
    if not known:
        waves = ", ".join(sorted({each.wave.wave_id for each in revisions(settings)})) or "none"
        raise DeliveryError(f"Wave {wave_id!r} is not loaded; loaded are: {waves}.")
    for each in known:
        if each.wave.revision == revision:
            return each
    listed = "".join(
        f"\n  {each.wave.revision}  {each.wave.purpose}  {each.wave.loaded_at:%Y-%m-%d %H:%M} UTC  "
        f"{each.wave.file_name}"
        for each in known
    )
    raise DeliveryError(
        f"Wave {wave_id} has no revision {revision}. Name one of these with --revision:{listed}"
    )


def _wait_for_no_other(settings: Settings, wave_id: str) -> None:
    """A delivery that waits would come after the restored one, and undo it."""
    waves = Codebook(settings.codebook).waves
    landed = [
        delivery.path.name
        for delivery in pending(settings)
        if delivery.wave is not None and delivery.wave == waves.get(wave_id)
    ]
    waiting = waiting_for(settings.accepted, wave_id)
    names = [*landed, *([waiting.file_name] if waiting else [])]
    if names:
        raise DeliveryError(
            f"{', '.join(map(repr, names))} waits to be loaded for wave {wave_id}: load it first with "
            f"`vakwerk run`, or take it out of {settings.landing}."
        )


def _archived(settings: Settings, revision: Revision) -> Path:
    wave = revision.wave
    place = archived_as(settings.archive, wave.wave_id, wave.sha256, f".{wave.format}")
    if not place.is_file():
        raise _lost(place, revision, "is gone")
    if not is_sound(place):
        raise _lost(place, revision, "is damaged")
    return place


def _lost(place: Path, revision: Revision, how: str) -> DeliveryError:
    wave = revision.wave
    return DeliveryError(
        f"{place}, the file of revision {wave.revision} of wave {wave.wave_id}, {how}: put it back "
        f"from a backup of the archive, or deliver {wave.file_name!r} again."
    )
