"""The report: where it is, and making it again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.commands.terminal import console
from orchestration.settings import Settings


def report(
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Make the report of what is published again, in this folder, which must not be there yet.",
        ),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open", help="Open its first page in the browser.")
    ] = False,
) -> None:
    """Say where the web report of what is published is, or make it again elsewhere."""
    import webbrowser

    from orchestration.publishing.candidate import MARTS_FILE
    from orchestration.publishing.report import REPORT_FOLDER
    from orchestration.report.site import FIRST_PAGE, ReportError, write_report

    published = Settings.from_environment().published
    if not (published / MARTS_FILE).is_file():
        raise ReportError(
            "Nothing is published yet: `vakwerk run` publishes, and makes the report."
        )
    if output is None:
        page = published / REPORT_FOLDER / FIRST_PAGE
        if not page.is_file():
            raise ReportError(f"{page} is gone: `vakwerk publish` makes it again.")
        console.print(page, soft_wrap=True)
    elif output.exists():
        raise ReportError(f"{output} is there already: name a folder that is not, or remove it.")
    else:
        made = write_report(published / MARTS_FILE, output)
        page = output / FIRST_PAGE
        console.print(f"Wrote {made.pages} pages: {page}", soft_wrap=True)
    if open_page:
        webbrowser.open(page.resolve().as_uri())
