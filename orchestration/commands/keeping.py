"""Keeping: whether all is well with what is kept, and everything made again where it is not."""

from __future__ import annotations

import time

from orchestration.commands.terminal import console, errors
from orchestration.settings import Settings


def rebuild() -> None:
    """Make everything again from the archive: the warehouse, the marts and what is published."""
    from orchestration.commands.refreshing import tell_outcome
    from orchestration.rebuilding import rebuild as make_again

    settings = Settings.from_environment()
    started = time.monotonic()
    outcome = make_again(
        settings, lambda step: errors.print(f"  {time.monotonic() - started:5.1f} s  {step}")
    )
    tell_outcome(settings, outcome)
    console.print(f"Made {settings.warehouse} again from the archive.", soft_wrap=True)
