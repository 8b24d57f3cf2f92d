"""The terminal: what every command writes to and answers with, for people and for machines.

What belongs here: the consoles, the options and arguments that several commands share, and how an
answer is cut to a screen. What does not: what any of them says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Annotated

import typer
from rich.console import Console, RenderableType
from rich.segment import Segments
from rich.text import Text

from orchestration.codebook import Codebook
from orchestration.errors import VakwerkError
from orchestration.settings import Settings

REFUSED = 2

# What is told of something wrong fits on a terminal of 24 lines, but for the line that was typed.
SCREEN = 24

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def complete_wave(incomplete: str) -> Iterator[tuple[str, str]]:
    """The waves of the codebook that begin so, each with its label, for the shell."""
    try:
        waves = Codebook(Settings.from_environment().codebook).waves
    except VakwerkError:
        return
    yield from (
        (wave.wave_id, wave.label_en)
        for wave in waves.values()
        if wave.wave_id.startswith(incomplete)
    )


WaveArgument = Annotated[str, typer.Argument(help="The wave.", autocompletion=complete_wave)]
WaveOption = Annotated[
    str | None,
    typer.Option(
        "--wave",
        help="The wave of the file, where its name does not tell.",
        autocompletion=complete_wave,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Everything, for machines.")]


def tell_machines(told: object) -> None:
    """Print an answer as JSON; moments and paths as text."""
    typer.echo(json.dumps(told, indent=2, ensure_ascii=False, default=str))


def tell_in_a_screen(
    where: Console, what: RenderableType, whole: Callable[[], object], lines: int = SCREEN
) -> None:
    """Print what is wrong, or as much of it as a screen holds and the place of the whole."""
    rendered = where.render_lines(what, pad=False)
    if len(rendered) <= lines:
        where.print(what, soft_wrap=isinstance(what, Text))
        return
    shown = rendered[: lines - 2]
    for line in shown:
        where.print(Segments(line))
    where.print(
        f"… and {len(rendered) - len(shown)} more lines; the whole: {whole()}",
        markup=False,
        soft_wrap=True,
    )


def tell_error(said: str) -> None:
    """Print an error; where it is longer than a screen, the whole is kept in the home."""

    def kept() -> str:
        try:
            place = Settings.from_environment().home / "last_error.txt"
            place.write_text(f"{said}\n", encoding="utf-8")
        except (VakwerkError, OSError) as error:
            return f"could not be kept ({error})"
        return str(place)

    tell_in_a_screen(errors, Text(said, style="red"), kept)


def purpose_in_words(purpose: str) -> str:
    """The purpose of a revision as people are told it."""
    return "partial (interim)" if purpose == "partial" else purpose
