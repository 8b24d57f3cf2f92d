"""The report in a terminal: a panel with the verdict, and a table of problems, 80 columns wide or more.

What belongs here: how a report is laid out and coloured. What does not: its words (`report_text`).
Nothing from a file is read as markup or as a command to the terminal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from orchestration.deliveries.report import Problem, Report, Severity
from orchestration.deliveries.report_text import (
    first_rows,
    place,
    printable,
    size,
    stated,
    title,
    values,
)

STYLES = {Severity.REFUSE: "red", Severity.WARN: "yellow"}


def as_renderable(report: Report) -> RenderableType:
    """The whole report for rich."""
    parts: list[RenderableType] = [_head(report)]
    if report.problems:
        parts.append(_problems(report.problems))
    return Group(*parts)


def in_brief(report: Report, shown: int) -> RenderableType:
    """The head of the report, and a line for each of its first problems."""
    table = Table(box=box.SIMPLE_HEAD, expand=True)
    table.add_column("no.", justify="right", width=4)
    for column in ("problem", "where", "count", "first rows"):
        table.add_column(column, no_wrap=True, overflow="ellipsis")
    for number, problem in enumerate(report.problems[:shown], 1):
        told = (title(problem), place(problem), f"{problem.count:,}", first_rows(problem))
        table.add_row(str(number), *map(Text, told), style=STYLES[problem.severity])
    return Group(_head(report), table)


def changes_as_renderable(changes: Iterable[str]) -> RenderableType:
    """Lines on what would change in what is loaded, for rich."""
    return Group(*(Text(printable(line)) for line in changes))


def _head(report: Report) -> Panel:
    style = "red" if report.is_refused else "yellow" if report.problems else "green"
    lines = [size(report), f"sha256 {report.sha256}"]
    if report.stated:
        lines.append(f"read as: {stated(report)}")
    verdict = Text(report.verdict, style=f"bold {style}")
    name = Text(printable(report.file_name), style="bold")
    return Panel(
        Text("\n").join([verdict, *map(Text, lines)]),
        title=name,
        title_align="left",
        border_style=style,
        box=box.ROUNDED,
    )


def _problems(problems: Iterable[Problem]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, expand=True, show_lines=False, padding=(0, 1, 1, 0))
    table.add_column("no.", justify="right", width=4)
    table.add_column("problem", ratio=2, overflow="fold")
    table.add_column("count", justify="right", width=7)
    table.add_column("what is wrong, and what to do", ratio=5, overflow="fold")
    for number, problem in enumerate(problems, 1):
        style = STYLES[problem.severity]
        kind = Text("\n").join(
            [Text(title(problem), style=f"bold {style}"), Text(problem.severity, style=style)]
        )
        kind.append(f"\n{place(problem)}")
        table.add_row(
            str(number), kind, f"{problem.count:,}", Text("\n").join(map(Text, _lines(problem)))
        )
    return table


def _lines(problem: Problem) -> Iterator[str]:
    yield printable(problem.message)
    if problem.values:
        yield f"values: {values(problem)}"
    if problem.first_rows:
        yield f"first rows: {first_rows(problem)}"
    yield f"to do: {printable(problem.remedy)}"
