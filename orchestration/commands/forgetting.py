"""Forgetting: one respondent, at their own request."""

from __future__ import annotations

import sys
import time
from typing import Annotated

import typer

from orchestration.commands.terminal import console, errors
from orchestration.settings import Settings

FROM_INPUT = "-"


def forget(
    wave: Annotated[str, typer.Option(help="The wave of the respondent.")],
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

    started = time.monotonic()
    if respondent == FROM_INPUT:
        respondent = sys.stdin.readline().rstrip("\r\n")
    settings = Settings.from_environment()
    certificate = erase(
        settings,
        wave,
        respondent,
        lambda step: errors.print(f"  {time.monotonic() - started:5.1f} s  {step}"),
    )
    console.print(certificate.as_text(), markup=False, soft_wrap=True)
    place = settings.erasures / f"{certificate.name}.txt"
    console.print(f"Certificate: {place}", soft_wrap=True)
    raise typer.Exit(1 if certificate.by_hand else 0)
