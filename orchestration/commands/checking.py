"""Checking: a dry run of the door for one delivery."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.terminal import (
    REFUSED,
    JsonOption,
    WaveOption,
    console,
    tell_machines,
    tell_report,
)
from orchestration.settings import Settings


def check(
    delivery: Annotated[
        Path, typer.Argument(help="A file, or a folder with delivery.yml.", exists=True)
    ],
    wave: WaveOption = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Where report.html and report.json go, if not to a folder in checked/.",
            file_okay=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Hold a delivery against the codebook and change nothing: a dry run, with its reports.

    Ends with 0 where the delivery would be accepted, 1 with warnings, 2 where it would be refused.
    """
    from orchestration.deliveries.report_terminal import changes_as_renderable
    from orchestration.dry_run import check_delivery
    from orchestration.preparation import make_home

    settings = Settings.from_environment()
    make_home(settings)
    checked = check_delivery(delivery, settings, wave, report)
    if as_json:
        told = json.loads((checked.folder / "report.json").read_text(encoding="utf-8"))
        tell_machines(told | {"folder": checked.folder})
    else:
        tell_report(console, checked.report)
        console.print(changes_as_renderable(checked.changes), end="")
        for name in ("report.html", "report.json"):
            console.print(str(checked.folder / name), markup=False, soft_wrap=True)
    is_refused = checked.report.is_refused
    raise typer.Exit(REFUSED if is_refused else int(bool(checked.report.problems)))
