"""The command line: every command by its name, and how it ends.

What belongs here: which commands there are. What does not: what they do, which `commands` says.
"""

from __future__ import annotations

import typer

from orchestration.commands.analysis import analyst_copy
from orchestration.commands.checking import check
from orchestration.commands.forgetting import forget
from orchestration.commands.history import history, restore
from orchestration.commands.keeping import doctor, rebuild
from orchestration.commands.new_wave import check_codebook, compare_waves, new_wave
from orchestration.commands.refreshing import publish, release, run
from orchestration.commands.reporting import status
from orchestration.commands.serving import daemon, prepare, ui, web
from orchestration.commands.simulating import simulate
from orchestration.commands.terminal import errors
from orchestration.commands.web_report import report
from orchestration.deliveries.private import make_private
from orchestration.errors import VakwerkError
from orchestration.machine import remedy

app = typer.Typer(
    help="A warehouse for repeated surveys of civil servants: from raw waves to published marts.",
    no_args_is_help=True,
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


def main() -> None:
    """The console script: known errors, and the machine's, are told in a line or two, without a trace."""
    make_private()
    try:
        app()
    except VakwerkError as error:
        errors.print(str(error), style="red", markup=False, soft_wrap=True)
        raise SystemExit(1) from error
    except Exception as error:
        what = remedy(str(error))
        if what is None:
            raise
        errors.print(f"{error}\n{what}", style="red", markup=False, soft_wrap=True)
        raise SystemExit(1) from error
