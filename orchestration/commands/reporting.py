"""Reporting: what state the warehouse is in."""

from __future__ import annotations

from rich.table import Table

from orchestration.codebook import Codebook
from orchestration.commands.terminal import console
from orchestration.settings import Settings


def status() -> None:
    """Say which waves are expected, delivered, loaded and published."""
    from orchestration.deliveries.accepted import waiting_for
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
            f"revision {here.revision}" if here else "no",
            f"{here.row_count:,}" if here else "",
            f"revision {shown['revision']}" if shown else "no",
        )
    console.print(table)
    for delivery in pending(settings):
        console.print(f"Waiting in the landing folder: {delivery.path.name}", markup=False)
    for wave_id in Codebook(settings.codebook).waves:
        if waiting := waiting_for(settings.accepted, wave_id):
            console.print(f"Accepted and waiting to be loaded: {waiting.file_name}", markup=False)
    console.print(
        f"Published build: {manifest['build_id'] if manifest else 'none; `vakwerk run` makes it'}"
    )
