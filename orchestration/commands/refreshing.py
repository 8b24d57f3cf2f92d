"""Refreshing: from what was delivered to what readers see."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.commands.terminal import REFUSED, WaveOption, console, errors
from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.refresh import Outcome, Taken

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Deliveries, or folders of them, to take in beside the landing folder.", exists=True
    ),
]


def run(files: Files = None, wave: WaveOption = None) -> None:
    """Take in what was delivered, and refresh and publish the marts if anything is new."""
    from orchestration.refresh import take_in

    settings = Settings.from_environment()
    started = time.monotonic()
    refresh_what_is_new(settings, take_in(settings, files or [], wave), started)


def refresh_what_is_new(settings: Settings, taken: Taken, started: float) -> None:
    """Tell what was refused, and refresh and publish if anything is new; ends the command.

    `started` is the monotonic clock's time when the command began, for the times of its steps.
    """
    from orchestration.deliveries.ledger import ledger_file
    from orchestration.deliveries.report_terminal import as_renderable
    from orchestration.deliveries.warehouse import state
    from orchestration.refresh import reason_to_refresh, refresh

    for refusal in taken.refusals:
        errors.print(as_renderable(refusal.report))
        errors.print(f"The file and this report are in {refusal.folder}.", soft_wrap=True)
    for wave_id, why in taken.held.items():
        errors.print(
            f"Held back: {why}. To publish it all the same: vakwerk release {wave_id}",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )
    exit_code = REFUSED if taken.refusals or taken.held else 0
    reason = reason_to_refresh(settings, taken)
    waves = taken.waves or tuple(state(settings))
    if reason is None:
        console.print("Nothing is new: what is published stands.")
    elif not waves and ledger_file(settings).exists():
        errors.print(
            f"{settings.warehouse} is gone or empty, though waves were loaded: run `vakwerk rebuild`, "
            "which makes it again from the archive.",
            style="red",
            soft_wrap=True,
        )
        raise typer.Exit(1)
    elif not waves:
        console.print(
            f"No wave is loaded yet: put its file into {settings.landing}, or name it.",
            soft_wrap=True,
        )
    else:
        console.print(f"Refreshing: {reason}.")
        outcome = refresh(
            settings,
            waves,
            lambda step: errors.print(f"  {time.monotonic() - started:5.1f} s  {step}"),
        )
        tell_outcome(settings, outcome)
    raise typer.Exit(exit_code)


def release(wave: Annotated[str, typer.Argument(help="The wave.")]) -> None:
    """Load and publish a correction that is held back, as it changes few people."""
    from orchestration.deliveries.accepted import exclusive, let_go
    from orchestration.refresh import Taken

    settings = Settings.from_environment()
    started = time.monotonic()
    with exclusive(settings.accepted):
        waiting = let_go(settings.accepted, wave)
    console.print(f"Released {waiting.file_name!r}.", markup=False)
    refresh_what_is_new(settings, Taken((wave,), ()), started)


def publish(
    to: Annotated[
        str | None,
        typer.Option(
            metavar="postgresql://…",
            help="Mirror what is published to this Postgres server, and do nothing else. An address "
            "with a password is better set as VAKWERK_POSTGRES_URL: other users of the machine may "
            "see this one.",
        ),
    ] = None,
) -> None:
    """Publish the marts that stand in the warehouse again, if every check allows it, and mirror them
    to Postgres where VAKWERK_POSTGRES_URL or VAKWERK_POSTGRES_URL_FILE is set."""
    from orchestration.mirroring.mirror import mirror
    from orchestration.mirroring.server import configured_url
    from orchestration.publishing.publication import publish as publish_marts
    from orchestration.turns import taking_turn

    settings = Settings.from_environment()
    if to is None:
        with taking_turn(settings, errors.print):
            manifest = publish_marts(settings)
        console.print(f"Published build {manifest['build_id']}.")
    if url := to or configured_url():
        console.print(str(mirror(settings, url)), soft_wrap=True)


def tell_outcome(settings: Settings, outcome: Outcome) -> None:
    """Tell what came of a run of the job; ends the command with 1 where nothing was published."""
    from orchestration.machine import is_damaged

    counted = ", ".join(map(str, outcome.counted)) or "no wave"
    console.print(f"Counted again: {counted}.", soft_wrap=True)
    for warning in outcome.warnings:
        console.print(f"Warning: {warning}", style="yellow", markup=False)
    if not outcome.succeeded:
        for problem in outcome.problems:
            errors.print(problem, style="red", markup=False)
        errors.print(
            "Not published; readers keep what they had."
            if outcome.manifest is None
            else "Published; see to what failed after it, then run `vakwerk publish`."
        )
        if any(map(is_damaged, outcome.problems)):
            errors.print("The warehouse is damaged: run `vakwerk rebuild`.")
        raise typer.Exit(1)
    console.print(f"Published {settings.published / 'marts.duckdb'}", soft_wrap=True)
