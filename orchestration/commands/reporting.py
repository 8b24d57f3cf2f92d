"""Reporting: what state the warehouse is in, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from orchestration.commands.terminal import (
    JsonOption,
    console,
    purpose_in_words,
    tell,
    tell_machines,
)
from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.deliveries.warehouse import LoadedWave
    from orchestration.situation import Situation, WaveSituation


def status(as_json: JsonOption = False) -> None:
    """Say which waves are expected, delivered, loaded and published."""
    from orchestration.situation import situation

    now = situation(Settings.from_environment())
    if as_json:
        tell_machines(now.as_json())
        return
    table = Table("wave", "synthetic", "loaded", "rows", "published")
    for wave in now.waves:
        table.add_row(
            escape(wave.label_en),
            "yes" if wave.is_synthetic else "no",
            _loaded_in_words(wave.loaded) if wave.loaded else "not known" if now.is_busy else "no",
            f"{wave.loaded.row_count:,}" if wave.loaded else "",
            "no" if wave.published_revision is None else f"revision {wave.published_revision}",
        )
    console.print(table)
    for line in _waiting(now):
        tell(line)
    console.print(f"Published build: {now.build_id or 'none; `vakwerk run` makes it'}")


def overview() -> None:
    """The state in a few lines, and one command to go on with."""
    from orchestration.situation import situation

    now = situation(Settings.from_environment())
    published = [wave for wave in now.waves if wave.published_revision is not None]
    loaded = [wave for wave in now.waves if wave.loaded]
    told = [
        f"{now.survey}, in {now.home}",
        f"  loaded     {'not known' if now.is_busy else _named(loaded)}",
        f"  published  {_named(published)}" + (f", {_moment(now)}" if now.published_at else ""),
        *(f"  {line}" for line in _waiting(now)),
    ]
    for line in told:
        tell(line)
    console.print(f"\nNext: {now.next.command}", style="bold", markup=False, soft_wrap=True)
    console.print(f"      {now.next.why}.", markup=False, soft_wrap=True)
    console.print("Every command: vakwerk --help")


def _waiting(now: Situation) -> Iterator[str]:
    for delivery in now.landing:
        reason = f" ({delivery.waits_for})" if delivery.waits_for else ""
        yield f"Waiting in the landing folder: {delivery.file}{reason}"
    for wave in now.waves:
        if wave.held:
            yield f"Held back: {wave.held}; `vakwerk release {wave.wave_id}`"
        elif wave.waiting:
            yield f"Accepted and waiting to be loaded: {wave.waiting}"


def _named(waves: list[WaveSituation]) -> str:
    return ", ".join(wave.label_en for wave in waves) or "nothing"


def _moment(now: Situation) -> str:
    return f"at {(now.published_at or '').replace('T', ' '):.16} UTC"


def _loaded_in_words(wave: LoadedWave) -> str:
    return (
        f"revision {wave.revision}, {purpose_in_words(wave.purpose)}\n"
        f"{wave.loaded_at:%Y-%m-%d %H:%M} UTC"
    )
