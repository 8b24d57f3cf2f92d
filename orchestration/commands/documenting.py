"""Documenting: pages about what is published."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.terminal import console
from orchestration.settings import Settings

Output = Annotated[
    Path | None, typer.Option(help="Where to write the pages; `docs/` in the home otherwise.")
]


def docs(output: Output = None) -> None:
    """Write pages that explain what is published: tables, codebook, checks, dbt, guides."""
    from orchestration.documentation.site import write_site
    from orchestration.preparation import prepare

    settings = Settings.from_environment()
    prepare(settings)
    folder = output.resolve() if output else settings.documentation
    console.print(f"Open {write_site(settings, folder)}", soft_wrap=True)
