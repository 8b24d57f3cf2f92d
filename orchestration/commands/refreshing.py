"""Refreshing: from what was delivered to what readers see."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.commands.progress import Steps
from orchestration.commands.terminal import (
    REFUSED,
    JsonOption,
    WaveArgument,
    WaveOption,
    console,
    errors,
    tell_error,
    tell_machines,
    tell_report,
)
from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.deliveries.warehouse import LoadedWave
    from orchestration.refresh import Outcome, Taken

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Deliveries, or folders of them, to take in beside the landing folder.", exists=True
    ),
]


def run(files: Files = None, wave: WaveOption = None, as_json: JsonOption = False) -> None:
    """Take in what was delivered, and refresh and publish the marts if anything is new."""
    from orchestration.refresh import take_in

    settings = Settings.from_environment()
    started = time.monotonic()
    with Steps(settings, "run", "taking deliveries in", started):
        taken = take_in(settings, files or [], wave)
    refresh_what_is_new(settings, taken, started, as_json=as_json)


def refresh_what_is_new(
    settings: Settings, taken: Taken, started: float, *, as_json: bool = False
) -> None:
    """Tell what was refused, and refresh and publish if anything is new; ends the command.

    `started` is the monotonic clock's time when the command began, for the times of its steps.
    """
    from orchestration.deliveries.ledger import ledger_file
    from orchestration.deliveries.warehouse import state
    from orchestration.refresh import reason_to_refresh, refresh

    if not as_json:
        _tell_taken(taken)
    reason = reason_to_refresh(settings, taken)
    before = state(settings)
    waves = taken.waves or tuple(before)
    outcome = None
    gone = None
    if reason is not None and not waves and ledger_file(settings).exists():
        gone = (
            f"{settings.warehouse} is gone or empty, though waves were loaded: run `vakwerk rebuild`, "
            "which makes it again from the archive."
        )
    if reason is not None and waves:
        if not as_json:
            console.print(f"Refreshing: {reason}.")
        with Steps(settings, "run", "preparing", started) as steps:
            outcome = refresh(settings, waves, steps)
            if outcome.succeeded:
                steps.keep()
    if as_json:
        told = _for_machines(settings, taken, reason, before, outcome)
        tell_machines(told | ({"problems": [gone]} if gone else {}))
    elif gone:
        tell_error(gone)
    elif reason is None:
        console.print("Nothing is new: what is published stands.")
    elif outcome is None:
        console.print(
            f"No wave is loaded yet: put its file into {settings.landing}, or name it.",
            soft_wrap=True,
        )
    else:
        tell_outcome(settings, outcome)
    if gone or (outcome is not None and not outcome.succeeded):
        raise typer.Exit(1)
    raise typer.Exit(REFUSED if taken.refusals or taken.held else 0)


def _tell_taken(taken: Taken) -> None:
    for refusal in taken.refusals:
        tell_report(errors, refusal.report)
        errors.print(f"The file and this report are in {refusal.folder}.", soft_wrap=True)
    for wave_id, why in taken.held.items():
        errors.print(
            f"Held back: {why}. To publish it all the same: vakwerk release {wave_id}",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )


def _for_machines(
    settings: Settings,
    taken: Taken,
    reason: str | None,
    before: Mapping[str, LoadedWave],
    outcome: Outcome | None,
) -> dict[str, object]:
    """What a run did, without a value of any respondent: a machine may log it."""
    from orchestration.deliveries.warehouse import state

    manifest = outcome.manifest if outcome else None
    return {
        "refused": [
            {
                "file_name": refusal.report.file_name,
                "wave_id": refusal.report.wave_id,
                "folder": refusal.folder,
                "problems": [
                    {
                        "kind": problem.kind,
                        "severity": problem.severity,
                        "column": problem.column,
                        "count": problem.count,
                    }
                    for problem in refusal.report.problems
                ],
            }
            for refusal in taken.refusals
        ],
        "held": [{"wave_id": wave_id, "reason": why} for wave_id, why in taken.held.items()],
        "reason": reason,
        "loaded": [
            asdict(wave)
            for wave in (state(settings) if outcome else before).values()
            if wave != before.get(wave.wave_id)
        ],
        "built": asdict(outcome.built) if outcome and outcome.built else None,
        "counted": [asdict(recount) for recount in (outcome.counted if outcome else ())],
        "published": manifest and {"build_id": manifest["build_id"], "waves": manifest["waves"]},
        "problems": list(outcome.problems) if outcome else [],
        "warnings": list(outcome.warnings) if outcome else [],
    }


def release(wave: WaveArgument) -> None:
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
    """Tell what came of a run of the job."""
    from orchestration.machine import is_damaged

    if outcome.built and outcome.built.again < outcome.built.of:
        console.print(f"Code changed: {outcome.built} built again.", soft_wrap=True)
    counted = ", ".join(map(str, outcome.counted)) or "no wave"
    console.print(f"Counted again: {counted}.", soft_wrap=True)
    for warning in outcome.warnings:
        console.print(f"Warning: {warning}", style="yellow", markup=False)
    if outcome.succeeded:
        console.print(f"Published {settings.published / 'marts.duckdb'}", soft_wrap=True)
        return
    tell_error("\n".join(outcome.problems))
    errors.print(
        "Not published; readers keep what they had."
        if outcome.manifest is None
        else "Published; see to what failed after it, then run `vakwerk publish`."
    )
    if any(map(is_damaged, outcome.problems)):
        errors.print("The warehouse is damaged: run `vakwerk rebuild`.")
