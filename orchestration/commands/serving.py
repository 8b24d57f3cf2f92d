"""Serving: Dagster made ready, and its pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.terminal import console
from orchestration.settings import Settings


def prepare() -> None:
    """Make what Dagster and dbt need before they start: folders, instance, manifest."""
    from orchestration.preparation import prepare as make_ready

    settings = Settings.from_environment()
    make_ready(settings)
    console.print(f"Ready: {settings.home}", soft_wrap=True)


def ui(
    port: Annotated[int, typer.Option(help="Where to listen, on this machine only.")] = 3000,
) -> None:
    """Start Dagster's pages and its daemon: runs, schedules, sensors, checks."""
    import os
    import sys

    from orchestration.preparation import prepare as make_ready

    settings = Settings.from_environment()
    make_ready(settings)
    dg = str(Path(sys.executable).with_name("dg"))
    os.execve(
        dg,
        [dg, "dev", "--host", "127.0.0.1", "--port", str(port)],
        os.environ | settings.environment,
    )
