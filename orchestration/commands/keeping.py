"""Keeping: whether all is well with what is kept, and everything made again where it is not."""

from __future__ import annotations

from dataclasses import asdict

import typer

from orchestration.commands.progress import Steps
from orchestration.commands.terminal import JsonOption, console, tell_machines
from orchestration.settings import Settings

STYLES = {"wrong": "red", "busy": "yellow"}


def doctor(
    as_json: JsonOption = False,
) -> None:
    """Say whether all is well with what is kept, and what to do where it is not; changes nothing."""
    from orchestration.doctor.examining import examine_home

    findings = examine_home(Settings.from_environment())
    is_well = all(finding.verdict != "wrong" for finding in findings)
    if as_json:
        told = {"is_well": is_well, "findings": [asdict(finding) for finding in findings]}
        tell_machines(told)
        raise typer.Exit(int(not is_well))
    for finding in findings:
        console.print(
            f"{finding.check:<12} {finding.verdict:<6} {finding.told}",
            style=STYLES.get(finding.verdict),
            markup=False,
            soft_wrap=True,
        )
        if finding.remedy:
            console.print(f"{'':<19} {finding.remedy}", markup=False, soft_wrap=True)
    raise typer.Exit(int(not is_well))


def rebuild() -> None:
    """Make everything again from the archive: the warehouse, the marts and what is published."""
    from orchestration.commands.refreshing import tell_outcome
    from orchestration.rebuilding import rebuild as make_again

    settings = Settings.from_environment()
    with Steps(settings, "rebuild", "reading the archive") as steps:
        outcome = make_again(settings, steps)
        if outcome.succeeded:
            steps.keep()
    tell_outcome(settings, outcome)
    if not outcome.succeeded:
        raise typer.Exit(1)
    console.print(f"Made {settings.warehouse} again from the archive.", soft_wrap=True)
