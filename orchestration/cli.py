"""The command line: every command by its name, and how it ends.

What belongs here: which commands there are. What does not: what they do, which `commands` says.
"""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.commands.analysis import analyst_copy
from orchestration.commands.asking import metrics
from orchestration.commands.checking import check
from orchestration.commands.documenting import docs
from orchestration.commands.forgetting import forget
from orchestration.commands.history import history, restore
from orchestration.commands.keeping import doctor, rebuild
from orchestration.commands.new_wave import check_codebook, compare_waves, new_wave
from orchestration.commands.refreshing import publish, release, run
from orchestration.commands.reporting import overview, status
from orchestration.commands.serving import daemon, prepare, ui, web
from orchestration.commands.simulating import simulate
from orchestration.commands.terminal import tell_error
from orchestration.commands.web_report import report
from orchestration.deliveries.private import make_private
from orchestration.errors import VakwerkError
from orchestration.machine import remedy

app = typer.Typer(
    add_completion=True,
    pretty_exceptions_enable=False,
)
for command in (
    run,
    check,
    status,
    history,
    restore,
    release,
    simulate,
    publish,
    report,
    docs,
    prepare,
    ui,
    daemon,
    web,
    forget,
    analyst_copy,
    new_wave,
    compare_waves,
    check_codebook,
    doctor,
    rebuild,
):
    app.command()(command)
# What follows the name is MetricFlow's to understand, its options too.
app.command(context_settings={"allow_interspersed_args": False})(metrics)


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"vakwerk {version('vakwerk')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def vakwerk(
    context: typer.Context,
    _: Annotated[
        bool,
        typer.Option("--version", help="Say the version.", callback=_tell_version, is_eager=True),
    ] = False,
) -> None:
    """A warehouse for repeated surveys of civil servants: from raw waves to published marts.

    Without a command: what is loaded, waits and is published, and what to do next.
    """
    if context.invoked_subcommand is None:
        overview()


def main() -> None:
    """The console script: known errors, and the machine's, are told in a line or two, without a trace."""
    make_private()
    try:
        app()
    except VakwerkError as error:
        tell_error(str(error))
        raise SystemExit(1) from error
    except Exception as error:
        what = remedy(str(error))
        if what is None:
            raise
        tell_error(f"{error}\n{what}")
        raise SystemExit(1) from error
