"""New wave: the codebook's rows for it proposed and taken over, waves compared, rules checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from orchestration.codebook import Codebook
from orchestration.commands.terminal import (
    JsonOption,
    complete_wave,
    console,
    errors,
    tell_machines,
)
from orchestration.settings import Settings

if TYPE_CHECKING:
    from orchestration.new_wave.comparing import Comparison

SHOWN = 3


def new_wave(
    wave: Annotated[str, typer.Argument(help="The id of the new wave, such as its year.")],
    file: Annotated[
        Path | None,
        typer.Option(
            "--from", help="A file of the wave, or a folder with delivery.yml.", exists=True
        ),
    ] = None,
    previous: Annotated[
        str | None,
        typer.Option(
            help="The wave to compare with; without it the last one.",
            autocompletion=complete_wave,
        ),
    ] = None,
    wording: Annotated[
        Path | None,
        typer.Option(
            help="The questionnaire, where the file carries no texts: a csv with the columns column and text.",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(help="The proposal's folder; without it proposals/<wave> of the survey."),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Take the reviewed proposal over into the codebook.")
    ] = False,
) -> None:
    """Propose the codebook's rows for a new wave from its file, or take them over after review."""
    if accept == (file is not None):
        raise typer.BadParameter("give --from FILE to make a proposal, or --accept to take it over")
    settings = Settings.from_environment()
    folder = output or settings.survey / "proposals" / wave
    if accept:
        _accept(settings, folder, wave)
    elif file is not None:
        _propose(settings, folder, wave, file, previous, wording)


def _propose(
    settings: Settings,
    folder: Path,
    wave: str,
    file: Path,
    previous: str | None,
    wording: Path | None,
) -> None:
    from orchestration.new_wave.delivery import read_delivery, read_wordings
    from orchestration.new_wave.proposal import write_proposal
    from orchestration.new_wave.proposing import propose
    from orchestration.preparation import make_home

    make_home(settings)
    wordings = read_wordings(wording) if wording else None
    delivery = read_delivery(file, settings, wordings)
    draft = propose(Codebook(settings.codebook), wave, delivery, previous)
    write_proposal(folder, draft, delivery.file_name)
    console.print(f"Wrote {folder}:", soft_wrap=True, markup=False)
    for table, rows in draft.tables.items():
        console.print(f"  {table}.csv: {len(rows)} rows", markup=False)
    console.print(f"  questions.csv: {len(draft.questions)} questions to answer")
    console.print("Review it by its checklist.md, then take it over with --accept.")


def _accept(settings: Settings, folder: Path, wave: str) -> None:
    from orchestration.new_wave.accepting import accept_proposal

    added = accept_proposal(folder, settings.codebook, wave)
    for table, count in added.items():
        console.print(f"Added {count} rows to {table}.csv.", markup=False)
    console.print(f"The codebook has wave {wave}; `vakwerk check FILE` holds its file against it.")


def compare_waves(
    before: Annotated[
        str, typer.Argument(help="A wave of the codebook.", autocompletion=complete_wave)
    ],
    after: Annotated[str, typer.Argument(help="A later one.", autocompletion=complete_wave)],
    as_json: JsonOption = False,
) -> None:
    """Say which items of two waves are the same, reworded, rescaled, replaced, gone or new."""
    from orchestration.new_wave.comparing import compare_waves as compare

    comparison = compare(Codebook(Settings.from_environment().codebook), before, after)
    if as_json:
        tell_machines(asdict(comparison))
    else:
        _show(comparison)


def _show(comparison: Comparison) -> None:
    from orchestration.new_wave.comparing import Change

    counts = Table("theme", *Change, title=f"Items, {comparison.before} to {comparison.after}")
    for theme in dict.fromkeys(item.theme_id for item in comparison.items):
        changes = [item.change for item in comparison.items if item.theme_id == theme]
        counts.add_row(theme, *(str(changes.count(change) or "") for change in Change))
    console.print(counts)
    changed = Table("theme", "item", "change", "was", "is", "note", title="Items that changed")
    for item in comparison.items:
        if item.change is not Change.SAME:
            sides = (
                f"{side.column}: {side.wording} ({side.scale})" if side else ""
                for side in (item.before, item.after)
            )
            changed.add_row(item.theme_id, item.item_id, item.change, *sides, item.note)
    if changed.row_count:
        console.print(changed)
    attributes = Table("attribute", "column", "codes out", "codes in", "groups out", "groups in")
    attributes.title = "Attributes that changed"
    for change in comparison.attributes:
        attributes.add_row(
            change.attribute_id,
            " → ".join(dict.fromkeys([change.column_before or "–", change.column_after or "–"])),
            *(_some(names) for names in (change.codes_out, change.codes_in)),
            *(_some(names) for names in (change.groups_out, change.groups_in)),
        )
    if attributes.row_count:
        console.print(attributes)
    lists = Table("was", "is", "items", "turned round", title="Code lists that changed")
    for used in comparison.code_lists:
        lists.add_row(used.before, used.after, str(used.items), str(used.turned or ""))
    if lists.row_count:
        console.print(lists)


def _some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are; `--json` has them all."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def check_codebook() -> None:
    """Hold the survey's codebook against the rules that every survey's keeps."""
    from orchestration.codebook_rules import broken_rules

    settings = Settings.from_environment()
    broken = broken_rules(Codebook(settings.codebook))
    for sentence in broken:
        errors.print(sentence, style="red", markup=False, soft_wrap=True)
    if broken:
        raise typer.Exit(1)
    console.print(f"{settings.codebook} keeps every rule.", soft_wrap=True, markup=False)
