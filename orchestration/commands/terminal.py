"""The terminal: what every command writes to and answers with."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

REFUSED = 2

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

WaveOption = Annotated[
    str | None, typer.Option("--wave", help="The wave of the file, where its name does not tell.")
]


def purpose_in_words(purpose: str) -> str:
    """The purpose of a revision as people are told it."""
    return "partial (interim)" if purpose == "partial" else purpose
