"""Analysis: a copy of the answers for an analyst, on request."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.terminal import console
from orchestration.settings import Settings


def analyst_copy(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Where to put the copy, in a folder of its own; `analysis` in the home if none is "
            "named. It has to be a folder of this machine, so that an erasure finds it.",
            file_okay=False,
        ),
    ] = None,
) -> None:
    """Write a copy of every respondent's answers, without ids, for an analyst; it is noted in a log."""
    from orchestration.analysis.copying import make_copy

    copy = make_copy(Settings.from_environment(), folder)
    waves = ", ".join(
        f"{wave_id} (revision {revision})" for wave_id, revision in copy.waves.items()
    )
    console.print(
        f"Wrote {copy.path}: waves {waves}; {copy.respondents} respondents, {copy.answers} answers.\n"
        "These are people's answers: share no small group, and remove the copy when you are done.",
        markup=False,
        soft_wrap=True,
    )
