"""The terminal: what every command writes to and answers with, for people and for machines.

What belongs here: the consoles, the options and arguments that several commands share, and how an
answer is cut to a screen. What does not: what any of them says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from orchestration.codebook import Codebook
from orchestration.errors import VakwerkError
from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.deliveries.report import Report

REFUSED = 2

# What is told of something wrong fits on a terminal of 24 lines, but for the line that was typed.
SCREEN = 24
# Lines that a report takes beside its problems.
HEAD = 14

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


def tell(line: str) -> None:
    """Print a line of text: wrapped between words on a terminal, whole where a program reads it."""
    console.print(line, markup=False, soft_wrap=not console.is_terminal)


def tell_report(where: Console, report: Report) -> None:
    """Print what is wrong with a delivery: in full if a screen holds that, else a line a problem.

    Where it lies is for the caller to say, at once below.
    """
    from orchestration.deliveries.report_terminal import as_renderable, in_brief

    full = as_renderable(report)
    if len(where.render_lines(full)) <= SCREEN:
        where.print(full)
        return
    shown = SCREEN - HEAD
    where.print(in_brief(report, shown))
    more = f"… and {len(report.problems) - shown} more. " if len(report.problems) > shown else ""
    where.print(f"{more}What to do about each is in report.html.", markup=False)


def tell_error(said: str) -> None:
    """Print an error; where it is longer than a screen, its beginning, and the whole in a file."""
    lines = errors.render_lines(Text(said), pad=False)
    if len(lines) <= SCREEN:
        errors.print(said, style="red", markup=False, soft_wrap=True)
        return
    shown = "\n".join("".join(part.text for part in line) for line in lines[: SCREEN - 2])
    errors.print(shown, style="red", markup=False)
    errors.print(
        f"… and {len(lines) - SCREEN + 2} more lines; {_kept(said)}", markup=False, soft_wrap=True
    )


def _kept(said: str) -> str:
    try:
        place = Settings.from_environment().home / "last_error.txt"
        place.write_text(f"{said}\n", encoding="utf-8")
    except (VakwerkError, OSError) as error:
        return f"the whole could not be written ({error})"
    return f"the whole is in {place}"


def purpose_in_words(purpose: str) -> str:
    """The purpose of a revision as people are told it."""
    return "partial (interim)" if purpose == "partial" else purpose
