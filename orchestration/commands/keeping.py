"""Keeping: whether all is well with what is kept, and everything made again where it is not."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from typing import Annotated

import typer

from orchestration.commands.terminal import console, errors
from orchestration.settings import Settings

STYLES = {"wrong": "red", "busy": "yellow"}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Everything, for machines.")] = False,
) -> None:
    """Say whether all is well with what is kept, and what to do where it is not; changes nothing."""
    from orchestration.doctor.examining import examine_home

    findings = examine_home(Settings.from_environment())
    is_well = all(finding.verdict != "wrong" for finding in findings)
    if as_json:
        told = {"is_well": is_well, "findings": [asdict(finding) for finding in findings]}
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
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
    started = time.monotonic()
    outcome = make_again(
        settings, lambda step: errors.print(f"  {time.monotonic() - started:5.1f} s  {step}")
    )
    tell_outcome(settings, outcome)
    console.print(f"Made {settings.warehouse} again from the archive.", soft_wrap=True)
