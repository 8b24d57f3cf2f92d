"""Simulating: a synthetic wave as its sender would deliver it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.codebook import Codebook
from orchestration.commands.progress import Steps
from orchestration.commands.terminal import complete_wave, console
from orchestration.settings import Settings
from orchestration.simulation.options import Effects, Format, format_of


def simulate(
    wave: Annotated[
        str,
        typer.Option(help="The wave of the codebook to make up.", autocompletion=complete_wave),
    ],
    respondents: Annotated[int, typer.Option(min=1)] = 3700,
    seed: Annotated[int, typer.Option(help="The same seed gives the same file.")] = 1,
    format: Annotated[
        Format | None,
        typer.Option(help="The format; by default what the file ends in, or csv in a folder."),
    ] = None,
    effects: Annotated[
        Effects, typer.Option(help="What the study found, or no difference at all.")
    ] = Effects.STUDY,
    output: Annotated[Path, typer.Option(help="The file, or the folder for it.")] = Path(),
) -> None:
    """Make up a wave as its sender would deliver it: synthetic, and no real person in it."""
    from orchestration.simulation.writing import simulate_wave

    codebook = Codebook(Settings.from_environment().codebook)
    with Steps(None, "simulate", f"making up wave {wave}") as steps:
        path = simulate_wave(
            codebook,
            wave,
            respondents,
            seed,
            format or format_of(output),
            effects,
            output,
            steps.share,
        )
    console.print(f"Wrote {path}: synthetic, {respondents:,} respondents.", soft_wrap=True)
