"""Checking: a dry run of the door for one delivery."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.terminal import REFUSED, WaveOption, console
from orchestration.settings import Settings


def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], wave: WaveOption = None
) -> None:
    """Hold a delivery against the codebook and change nothing: a dry run of the door."""
    from orchestration.deliveries.door import inspect
    from orchestration.preparation import make_home

    settings = Settings.from_environment()
    make_home(settings)
    report = inspect(file, settings, wave)
    console.print(report.as_text(), markup=False)
    raise typer.Exit(REFUSED if report.is_refused else int(bool(report.problems)))
