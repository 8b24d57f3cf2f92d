"""History: what became of a wave from one revision to the next, and going back to an earlier one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.commands.terminal import (
    JsonOption,
    WaveArgument,
    complete_wave,
    console,
    purpose_in_words,
    tell_machines,
)
from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.deliveries.history import MovedFigure, Revision

SHOWN_OF_CHECKSUM = 8


def history(
    wave: Annotated[
        str | None,
        typer.Argument(help="The wave; all waves if none is named.", autocompletion=complete_wave),
    ] = None,
    moved: Annotated[
        bool, typer.Option("--moved", help="List the figures that moved, appeared or disappeared.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Tell every revision of a wave, and what each changed in rows, columns and figures."""
    from orchestration.deliveries.history import moved_figures, revisions

    settings = Settings.from_environment()
    found = revisions(settings, wave)
    if not found:
        console.print(f"Wave {wave} is not loaded." if wave else "No wave is loaded yet.")
        raise typer.Exit(int(wave is not None))
    waves = dict.fromkeys(each.wave.wave_id for each in found)
    figures = (
        [figure for each in waves for figure in moved_figures(settings, each)] if moved else []
    )
    if as_json:
        told = {"revisions": [_as_json(each) for each in found]}
        if moved:
            told["figures"] = [asdict(figure) for figure in figures]
        tell_machines(told)
        return
    for wave_id in waves:
        console.print(f"Wave {wave_id}", markup=False)
        for each in found:
            if each.wave.wave_id == wave_id:
                _tell(each, [figure for figure in figures if _is_of(figure, each)])


def restore(
    wave: WaveArgument,
    revision: Annotated[int, typer.Option(help="The revision to go back to; see `history`.")],
) -> None:
    """Go back to an earlier revision of a wave: load it again as a new one, refresh and publish."""
    from orchestration.commands.refreshing import refresh_what_is_new
    from orchestration.deliveries.errors import DeliveryRefused
    from orchestration.deliveries.restoring import restore as restore_revision
    from orchestration.holding import hold
    from orchestration.refresh import Taken, held

    settings = Settings.from_environment()
    started = time.monotonic()
    try:
        taken = restore_revision(settings, wave, revision)
    except DeliveryRefused as refusal:
        refresh_what_is_new(settings, Taken((), (refusal,)), started)
    else:
        if taken.database is None:
            console.print(f"Wave {wave} stands on the delivery of revision {revision} already.")
        waves = (wave,) if taken.database is not None and not hold(settings, wave) else ()
        refresh_what_is_new(settings, Taken(waves, (), held(settings)), started)


def _as_json(revision: Revision) -> dict[str, object]:
    return asdict(revision.wave) | {
        name: value for name, value in asdict(revision).items() if name != "wave"
    }


def _is_of(figure: MovedFigure, revision: Revision) -> bool:
    return (figure.wave_id, figure.revision) == (revision.wave.wave_id, revision.wave.revision)


def _tell(revision: Revision, figures: Sequence[MovedFigure]) -> None:
    wave, change = revision.wave, revision.difference
    told = [
        f"  Revision {wave.revision}, {purpose_in_words(wave.purpose)}, loaded "
        f"{wave.loaded_at:%Y-%m-%d %H:%M} UTC: {wave.file_name!r}, {wave.row_count:,} rows, "
        f"sha256 {wave.sha256[:SHOWN_OF_CHECKSUM]}…"
    ]
    if change is not None:
        told.append(
            f"    rows: {change.rows_in:,} in, {change.rows_out:,} out, {change.rows_altered:,} altered"
        )
        told.append(
            f"    columns: {_named(change.columns_in)} in, {_named(change.columns_out)} out"
        )
    if revision.figures_compared is not None:
        told.append(
            f"    figures: {revision.figures_moved:,} of {revision.figures_compared:,} moved by more "
            f"than a standard error, {revision.figures_appeared:,} appeared, "
            f"{revision.figures_disappeared:,} disappeared"
        )
    told += [f"      {_figure_in_words(figure)}" for figure in figures]
    for line in told:
        console.print(line, markup=False, soft_wrap=True)


def _named(columns: Sequence[str]) -> str:
    return f"{len(columns)} ({', '.join(columns)})" if columns else "0"


def _figure_in_words(figure: MovedFigure) -> str:
    mean = f"{figure.item_id} by {figure.breakdown}, {figure.group_code}:"
    if figure.mean_before is None:
        return f"{mean} appeared with {figure.mean_after:.3f}"
    error = figure.standard_error_before
    before = f"{figure.mean_before:.3f} (standard error {'unknown' if error is None else f'{error:.3f}'})"
    if figure.mean_after is None:
        return f"{mean} {before} disappeared"
    return f"{mean} {before} moved to {figure.mean_after:.3f}"
