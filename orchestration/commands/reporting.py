"""Reporting: what state the warehouse is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from orchestration.codebook import Codebook
from orchestration.commands.terminal import console, purpose_in_words
from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.deliveries.warehouse import LoadedWave


def status() -> None:
    """Say which waves are expected, delivered, loaded and published."""
    from orchestration.deliveries.accepted import held_because, waiting_for
    from orchestration.deliveries.landing import pending
    from orchestration.deliveries.warehouse import state
    from orchestration.publishing.publication import published_manifest

    settings = Settings.from_environment()
    loaded = state(settings)
    manifest = published_manifest(settings)
    published = {entry["wave_id"]: entry for entry in manifest["waves"]} if manifest else {}
    table = Table("wave", "synthetic", "loaded", "rows", "published")
    for wave in Codebook(settings.codebook).waves.values():
        here = loaded.get(wave.wave_id)
        shown = published.get(wave.wave_id)
        table.add_row(
            wave.label_en,
            "yes" if wave.is_synthetic else "no",
            _loaded_in_words(here) if here else "no",
            f"{here.row_count:,}" if here else "",
            f"revision {shown['revision']}" if shown else "no",
        )
    console.print(table)
    for delivery in pending(settings):
        reason = f" ({delivery.waits_for})" if delivery.waits_for else ""
        console.print(f"Waiting in the landing folder: {delivery.path.name}{reason}", markup=False)
    for wave_id in Codebook(settings.codebook).waves:
        if held := held_because(settings.accepted, wave_id):
            console.print(f"Held back: {held}; `vakwerk release {wave_id}`", markup=False)
        elif waiting := waiting_for(settings.accepted, wave_id):
            console.print(f"Accepted and waiting to be loaded: {waiting.file_name}", markup=False)
    console.print(
        f"Published build: {manifest['build_id'] if manifest else 'none; `vakwerk run` makes it'}"
    )


def _loaded_in_words(wave: LoadedWave) -> str:
    return (
        f"revision {wave.revision}, {purpose_in_words(wave.purpose)}\n"
        f"{wave.loaded_at:%Y-%m-%d %H:%M} UTC"
    )
