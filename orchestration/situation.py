"""The situation: what is loaded, waits, is held back and published, as one value, and what to do next.

What belongs here: gathering that, and judging which one command comes next. What does not: how it is
told, and whether what is kept is sound, which `doctor` examines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from orchestration.codebook import Codebook
from orchestration.deliveries.accepted import held_because, waiting_for
from orchestration.deliveries.errors import WarehouseBusy
from orchestration.deliveries.landing import deliveries_in, pending
from orchestration.deliveries.ledger import ledger_file
from orchestration.deliveries.warehouse import LoadedWave, state
from orchestration.publishing.publication import published_manifest
from orchestration.refresh import Taken, reason_to_refresh
from orchestration.settings import Settings


@dataclass(frozen=True)
class WaveSituation:
    """A wave of the codebook; `waiting` is the file that was accepted and is not loaded yet, `held`
    why it is held back. None where there is none.
    """

    wave_id: str
    label_en: str
    is_synthetic: bool
    loaded: LoadedWave | None
    published_revision: int | None
    waiting: str | None
    held: str | None


@dataclass(frozen=True)
class Landed:
    """A delivery in the landing folder; `waits_for` says why it is not complete, None where it is."""

    file: str
    wave_id: str | None
    waits_for: str | None


@dataclass(frozen=True)
class NextStep:
    """The one command to go on with, and why."""

    command: str
    why: str


@dataclass(frozen=True)
class Situation:
    """All of it. Where `is_busy`, another process writes to the warehouse, and what is loaded is not
    known; `reason_to_run` is why what is published is not what would be built now.
    """

    home: str
    survey: str
    is_busy: bool
    waves: tuple[WaveSituation, ...]
    landing: tuple[Landed, ...]
    build_id: str | None
    published_at: str | None
    reason_to_run: str | None
    next: NextStep

    def as_json(self) -> dict[str, Any]:
        """The situation for machines, under the names of its fields."""
        return asdict(self)


def situation(settings: Settings) -> Situation:
    """The situation of a home. Raises what `state` raises but WarehouseBusy, and CodebookError."""
    codebook = Codebook(settings.codebook)
    manifest = published_manifest(settings)
    shown = {entry["wave_id"]: entry["revision"] for entry in manifest["waves"]} if manifest else {}
    landing = tuple(
        Landed(found.path.name, found.wave.wave_id if found.wave else None, found.waits_for)
        for found in pending(settings)
    )
    loaded: Mapping[str, LoadedWave] = {}
    reason, is_busy = None, False
    try:
        loaded = state(settings)
        reason = reason_to_refresh(settings, Taken((), ()))
    except WarehouseBusy:
        is_busy = True
    waves = tuple(_wave(settings, codebook, wave_id, loaded, shown) for wave_id in codebook.waves)
    return Situation(
        home=str(settings.home),
        survey=codebook.survey["label_en"],
        is_busy=is_busy,
        waves=waves,
        landing=landing,
        build_id=manifest["build_id"] if manifest else None,
        published_at=manifest["published_at"] if manifest else None,
        reason_to_run=reason,
        next=_next(settings, waves, landing, reason, is_busy=is_busy),
    )


def _wave(
    settings: Settings,
    codebook: Codebook,
    wave_id: str,
    loaded: Mapping[str, LoadedWave],
    shown: Mapping[str, int],
) -> WaveSituation:
    wave = codebook.waves[wave_id]
    waiting = waiting_for(settings.accepted, wave_id)
    return WaveSituation(
        wave_id=wave_id,
        label_en=wave.label_en,
        is_synthetic=wave.is_synthetic,
        loaded=loaded.get(wave_id),
        published_revision=shown.get(wave_id),
        waiting=waiting.file_name if waiting else None,
        held=held_because(settings.accepted, wave_id),
    )


def _next(
    settings: Settings,
    waves: tuple[WaveSituation, ...],
    landing: tuple[Landed, ...],
    reason: str | None,
    *,
    is_busy: bool,
) -> NextStep:
    """What has to be done before anything else comes first."""
    loaded = [wave for wave in waves if wave.loaded]
    held = [wave.wave_id for wave in waves if wave.held]
    if is_busy:
        return NextStep("vakwerk status", "another process is at work on the warehouse: look later")
    if not loaded and ledger_file(settings).exists():
        return NextStep("vakwerk rebuild", "waves were loaded, and the warehouse is gone or empty")
    if any(delivery.waits_for is None for delivery in landing):
        return NextStep("vakwerk run", "takes in what lies in the landing folder, and publishes")
    if any(wave.waiting and not wave.held for wave in waves):
        return NextStep("vakwerk run", "loads what was accepted, and publishes")
    if loaded and reason:
        return NextStep("vakwerk run", f"publishes anew: {reason}")
    if held:
        return NextStep(
            f"vakwerk release {held[0]}",
            "publishes the correction that is held back, once its sender has confirmed it",
        )
    samples = settings.survey / "waves"
    if not loaded and samples.is_dir() and deliveries_in(samples, Codebook(settings.codebook)):
        return NextStep(f"vakwerk run {samples}", "loads the waves that ship with the survey")
    if len(loaded) < len(waves):
        missing = ", ".join(wave.wave_id for wave in waves if not wave.loaded)
        return NextStep(
            "vakwerk check FILE", f"says whether a file of wave {missing} would be taken"
        )
    return NextStep(
        "vakwerk doctor", "nothing is left to do; says whether all that is kept is well"
    )
