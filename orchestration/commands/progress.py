"""Progress: how far a long command is, on a terminal in a line that moves, else in plain lines.

What belongs here: the steps as they are told, and the time left by how long each took last time. What
does not: which steps there are, which the work says.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from rich.text import Text

from orchestration.commands.terminal import errors

if TYPE_CHECKING:
    from rich.live import Live

    from orchestration.settings import Settings

A_MINUTE = 60
PER_SECOND = 4


@dataclass
class Pace:
    """How long a step took, and of how many parts it told."""

    seconds: float = 0.0
    parts: int = 0


def seconds_left(last: Mapping[str, Pace], step: str, now: Pace) -> float | None:
    """What is left of this step and of those after it, if all goes as last time; None if unknown."""
    if step not in last:
        return None
    before = last[step]
    left = before.seconds - now.seconds
    if before.parts and now.parts:
        left = before.seconds * (1 - now.parts / before.parts)
    steps = list(last)
    return max(0.0, left) + sum(last[name].seconds for name in steps[steps.index(step) + 1 :])


class Steps:
    """A progress for one command: called with the step that begins, and with the same step again
    for each part of it that is done.

    Each step is told as a line on standard error; on a terminal the current one moves, with the time
    left. `first` is what the command does before it tells of a step, `started` the monotonic clock's
    time when it began, if that was earlier.
    """

    def __init__(
        self, settings: Settings | None, command: str, first: str, started: float | None = None
    ) -> None:
        self._file = settings.dagster_home / "durations.json" if settings else None
        self._command = command
        self._known = _read(self._file)
        self._last = self._known.get(command, {})
        self._paces: dict[str, Pace] = {}
        self._step_started = time.monotonic()
        self._started = started if started is not None else self._step_started
        self._step, self._share = first, 0.0
        self._line: str | None = None
        self._keeps = False
        self._live: Live | None = None

    def __enter__(self) -> Steps:
        if errors.is_terminal and not errors.is_dumb_terminal:
            from rich.live import Live

            self._live = Live(
                console=errors,
                get_renderable=self._moving,
                refresh_per_second=PER_SECOND,
                transient=True,
                redirect_stdout=False,
            )
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_step()
        if self._live:
            self._live.stop()
        if error is None and self._keeps and self._file and self._file.parent.is_dir():
            paces = {step: asdict(pace) for step, pace in self._paces.items()}
            others = {
                name: {step: asdict(pace) for step, pace in kept.items()}
                for name, kept in self._known.items()
            }
            self._file.write_text(json.dumps(others | {self._command: paces}), encoding="utf-8")

    def __call__(self, step: str) -> None:
        """Tell that a step begins, or that a part of it is done."""
        if step == self._step and step in self._paces:
            self._paces[step].parts += 1
            return
        self._end_step()
        self._step, self._step_started = step, time.monotonic()
        self._paces.setdefault(step, Pace())
        self._line = f"  {self._step_started - self._started:5.1f} s  {step}"
        if self._live is None:
            errors.print(self._line, markup=False)

    def keep(self) -> None:
        """Keep how long each step took in Dagster's folder of the home, for the next time."""
        self._keeps = True

    def share(self, share: float) -> None:
        """Tell how much of the step is done, where the work knows that by itself."""
        self._share = share

    def _end_step(self) -> None:
        """A step that is over stays as a line, above the one that moves."""
        if self._step in self._paces:
            self._paces[self._step].seconds += time.monotonic() - self._step_started
        if self._live and self._line:
            errors.print(self._line, markup=False)
        self._line = None

    def _moving(self) -> Text:
        moment = time.monotonic()
        seconds = moment - self._step_started
        parts = self._paces[self._step].parts if self._step in self._paces else 0
        if self._share:
            left: float | None = seconds * (1 - self._share) / self._share
        else:
            left = seconds_left(self._last, self._step, Pace(seconds, parts))
        of = self._last[self._step].parts if self._step in self._last else 0
        told = f"  {moment - self._started:5.1f} s  {self._step}"
        if parts:
            told += f", {parts} of {of}" if of >= parts else f", {parts} done"
        told += f"; {_in_words(left)} left" if left is not None else " …"
        return Text(told, no_wrap=True, overflow="ellipsis", style="bold")


def _in_words(seconds: float) -> str:
    if seconds < A_MINUTE:
        return f"about {max(1, round(seconds))} s"
    return f"about {round(seconds / A_MINUTE)} min"


def _read(file: Path | None) -> dict[str, dict[str, Pace]]:
    """What was kept; nothing where that cannot be read, as it is no more than a guess."""
    try:
        kept = json.loads(file.read_text(encoding="utf-8")) if file else {}
        return {
            command: {step: Pace(**pace) for step, pace in steps.items()}
            for command, steps in kept.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
