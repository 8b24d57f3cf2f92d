"""Serving: Dagster made ready, its daemon and its pages."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.terminal import console
from orchestration.settings import UI_PORT, Settings

Port = Annotated[int, typer.Option(help="Where to listen, on this machine only.")]


def prepare() -> None:
    """Make what Dagster and dbt need before they start: folders, instance, manifest."""
    settings = _ready()
    console.print(f"Ready: {settings.home}", soft_wrap=True)


def daemon() -> None:
    """Start Dagster's daemon alone, as a service: it watches the landing folder and runs what came."""
    from orchestration.preparation import workspace_file

    settings = _ready()
    _become(settings, "dagster-daemon", "run", "--workspace", str(workspace_file(settings)))


def web(port: Port = UI_PORT) -> None:
    """Start Dagster's pages alone, as a service beside the daemon."""
    from orchestration.preparation import workspace_file

    settings = _ready()
    where = ["--host", "127.0.0.1", "--port", str(port)]
    _become(settings, "dagster-webserver", "--workspace", str(workspace_file(settings)), *where)


def ui(
    port: Port = UI_PORT,
) -> None:
    """Start Dagster's pages and its daemon: runs, schedules, sensors, checks."""
    settings = _ready()
    _become(settings, "dg", "dev", "--host", "127.0.0.1", "--port", str(port))


def _ready() -> Settings:
    from orchestration.preparation import prepare as make_ready

    settings = Settings.from_environment()
    make_ready(settings)
    return settings


def _become(settings: Settings, program: str, *arguments: str) -> None:
    """Let this process be one of Dagster's programs, in the environment of the warehouse."""
    path = str(Path(sys.executable).with_name(program))
    os.execve(path, [path, *arguments], os.environ | settings.environment)
