"""The command line: daily work with the warehouse.

What belongs here: commands, their words and exit codes. What does not: the work itself. Modules
that take long to import are imported by the command that needs them.

Exit codes: 0 done, or nothing to do; 1 it could not be done; 2 a delivery was refused, and the rest
went on (for `check`: 1 accepted with warnings, 2 refused).
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from orchestration.codebook import Codebook
from orchestration.errors import VakwerkError
from orchestration.settings import Settings
from orchestration.simulation.options import Effects, Format

REFUSED = 2

app = typer.Typer(
    help="A warehouse for repeated surveys of civil servants: from raw waves to published marts.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

Files = Annotated[
    list[Path] | None,
    typer.Argument(
        help="Deliveries, or folders of them, to take in beside the landing folder.", exists=True
    ),
]
WaveOption = Annotated[
    str | None, typer.Option("--wave", help="The wave of the file, where its name does not tell.")
]


@app.command()
def run(files: Files = None, wave: WaveOption = None) -> None:
    """Take in what was delivered, and refresh and publish the marts if anything is new."""
    from orchestration.deliveries.warehouse import state
    from orchestration.refresh import reason_to_refresh, refresh, take_in

    settings = Settings.from_environment()
    started = time.monotonic()
    taken = take_in(settings, files or [], wave)
    for refusal in taken.refusals:
        errors.print(refusal.report.as_text(), style="red", markup=False)
        errors.print(f"The file and this report are in {refusal.folder}.", soft_wrap=True)
    exit_code = REFUSED if taken.refusals else 0
    reason = reason_to_refresh(settings, taken)
    waves = taken.waves or tuple(state(settings))
    if reason is None:
        console.print("Nothing is new: what is published stands.")
    elif not waves:
        console.print(
            f"No wave is loaded yet: put its file into {settings.landing}, or name it.",
            soft_wrap=True,
        )
    else:
        console.print(f"Refreshing: {reason}.")
        outcome = refresh(
            settings,
            waves,
            lambda step: errors.print(f"  {time.monotonic() - started:5.1f} s  {step}"),
        )
        for warning in outcome.warnings:
            console.print(f"Warning: {warning}", style="yellow", markup=False)
        if not outcome.succeeded:
            for problem in outcome.problems:
                errors.print(problem, style="red", markup=False)
            errors.print("Not published; readers keep what they had.")
            raise typer.Exit(1)
        console.print(f"Published {settings.published / 'marts.duckdb'}", soft_wrap=True)
    raise typer.Exit(exit_code)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], wave: WaveOption = None
) -> None:
    """Hold a delivery against the codebook and change nothing: a dry run of the door."""
    from orchestration.deliveries.door import inspect
    from orchestration.preparation import make_home

    settings = Settings.from_environment()
    make_home(settings)
    report = inspect(file, settings, wave)
    console.print(report.as_text(), markup=False)
    raise typer.Exit(REFUSED if report.is_refused else int(bool(report.problems)))


@app.command()
def status() -> None:
    """Say which waves are expected, delivered, loaded and published."""
    from orchestration.deliveries.accepted import waiting_for
    from orchestration.deliveries.landing import pending
    from orchestration.deliveries.warehouse import state
    from orchestration.publishing.publication import published_manifest

    settings = Settings.from_environment()
    loaded = state(settings)
    manifest = published_manifest(settings)
    published = {entry["wave_id"]: entry for entry in manifest["waves"]} if manifest else {}
    table = Table("wave", "synthetic", "loaded", "rows", "published")
    for wave in Codebook(settings.codebook).waves.values():
        here = loaded.get(wave.wave_id)
        shown = published.get(wave.wave_id)
        table.add_row(
            wave.label_en,
            "yes" if wave.is_synthetic else "no",
            f"revision {here.revision}" if here else "no",
            f"{here.row_count:,}" if here else "",
            f"revision {shown['revision']}" if shown else "no",
        )
    console.print(table)
    for delivery in pending(settings):
        console.print(f"Waiting in the landing folder: {delivery.path.name}", markup=False)
    for wave_id in Codebook(settings.codebook).waves:
        if waiting := waiting_for(settings.accepted, wave_id):
            console.print(f"Accepted and waiting to be loaded: {waiting.file_name}", markup=False)
    console.print(
        f"Published build: {manifest['build_id'] if manifest else 'none; `vakwerk run` makes it'}"
    )


@app.command()
def simulate(
    wave: Annotated[str, typer.Option(help="The wave of the codebook to make up.")],
    respondents: Annotated[int, typer.Option(min=1)] = 3700,
    seed: Annotated[int, typer.Option(help="The same seed gives the same file.")] = 1,
    format: Annotated[Format, typer.Option(help="The format of the file.")] = Format.CSV,
    effects: Annotated[
        Effects, typer.Option(help="What the study found, or no difference at all.")
    ] = Effects.STUDY,
    output: Annotated[Path, typer.Option(help="The file, or the folder for it.")] = Path(),
) -> None:
    """Make up a wave as its sender would deliver it: synthetic, and no real person in it."""
    from orchestration.simulation.writing import simulate_wave

    codebook = Codebook(Settings.from_environment().codebook)
    path = simulate_wave(codebook, wave, respondents, seed, format, effects, output)
    console.print(f"Wrote {path}: synthetic, {respondents:,} respondents.", soft_wrap=True)


@app.command()
def publish() -> None:
    """Publish the marts that stand in the warehouse again, if every check allows it."""
    from orchestration.publishing.publication import publish as publish_marts

    manifest = publish_marts(Settings.from_environment())
    console.print(f"Published build {manifest['build_id']}.")


@app.command()
def prepare() -> None:
    """Make what Dagster and dbt need before they start: folders, instance, manifest."""
    from orchestration.preparation import prepare as make_ready

    settings = Settings.from_environment()
    make_ready(settings)
    console.print(f"Ready: {settings.home}", soft_wrap=True)


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Where to listen, on this machine only.")] = 3000,
) -> None:
    """Start Dagster's pages and its daemon: runs, schedules, sensors, checks."""
    import os
    import sys

    from orchestration.preparation import prepare as make_ready

    settings = Settings.from_environment()
    make_ready(settings)
    dg = str(Path(sys.executable).with_name("dg"))
    os.execve(
        dg,
        [dg, "dev", "--host", "127.0.0.1", "--port", str(port)],
        os.environ | settings.environment,
    )


def main() -> None:
    """The console script: known errors are told in a line or two, without a trace."""
    try:
        app()
    except VakwerkError as error:
        errors.print(str(error), style="red", markup=False, soft_wrap=True)
        raise SystemExit(1) from error
