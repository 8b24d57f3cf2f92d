"""Forgetting: one respondent, at their own request."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from orchestration.commands.progress import Steps
from orchestration.commands.terminal import complete_wave, console
from orchestration.settings import Settings

FROM_INPUT = "-"


def forget(
    wave: Annotated[
        str, typer.Option(help="The wave of the respondent.", autocompletion=complete_wave)
    ],
    respondent: Annotated[
        str,
        typer.Option(
            help="The id just as it was delivered; `-` reads it from standard input, so that no "
            "shell keeps it in its history."
        ),
    ],
) -> None:
    """Forget a respondent: remove them everywhere, publish without them, keep them out for good."""
    from orchestration.erasing import erase

    if respondent == FROM_INPUT:
        respondent = sys.stdin.readline().rstrip("\r\n")
    settings = Settings.from_environment()
    with Steps(settings, "forget", "beginning") as steps:
        certificate = erase(settings, wave, respondent, steps)
        steps.keep()
    console.print(certificate.as_text(), markup=False, soft_wrap=True)
    place = settings.erasures / f"{certificate.name}.txt"
    console.print(f"Certificate: {place}", soft_wrap=True)
    raise typer.Exit(1 if certificate.by_hand else 0)
