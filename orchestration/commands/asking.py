"""Asking: metrics of what is published, by name."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.settings import Settings


def metrics(
    arguments: Annotated[
        list[str],
        typer.Argument(
            help="What to ask of MetricFlow: `query`, `list` or `validate-configs`, and its options; "
            "`query --help` tells them.",
        ),
    ],
) -> None:
    """Ask for figures of what is published by metric, wave, item and group (docs/metrics.md)."""
    from orchestration.metrics import ask_metricflow

    ask_metricflow(Settings.from_environment(), arguments)
