"""The report as text: `report.txt`, and the lines that other forms of it share.

What belongs here: how counts, rows and values read in words. What does not: colours and pages.
"""

from __future__ import annotations

from orchestration.deliveries.report import Problem, Report, quoted


def as_text(report: Report) -> str:
    """The whole report, for a person."""
    head = [
        f"{printable(report.file_name)}: {report.verdict}",
        size(report),
        f"sha256 {report.sha256}",
        *(["read as: " + stated(report)] if report.stated else []),
    ]
    problems = (_problem(number, problem) for number, problem in enumerate(report.problems, 1))
    return "\n".join([*head, *problems, ""])


def printable(text: str) -> str:
    """Text that may hold anything from a file, without what could move a cursor or break a line."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def size(report: Report) -> str:
    """The wave and how much was read of it."""
    wave = printable(report.wave_id) if report.wave_id else "unknown"
    return f"wave {wave} · {report.row_count} rows read · {report.column_count} columns"


def stated(report: Report) -> str:
    """How the file was read, in one line."""
    return "; ".join(
        f"{printable(name)} {printable(value)}" for name, value in report.stated.items()
    )


def title(problem: Problem) -> str:
    """The kind of a problem, in words."""
    return problem.kind.replace("_", " ")


def place(problem: Problem) -> str:
    """What a problem is about: a column, or the file itself."""
    return f"column {quoted(problem.column)}" if problem.column is not None else "the file"


def values(problem: Problem) -> str:
    """The most frequent wrong values, each with the number of its rows; a blank where none is known."""
    listed = ", ".join(f"{quoted(value)} ({rows}×)" for value, rows in problem.values)
    more = problem.distinct_values - len(problem.values)
    return f"{listed} and {more} more" if listed and more > 0 else listed


def first_rows(problem: Problem) -> str:
    """The first rows of a problem, each with what stands there; a blank where none is known."""
    return ", ".join(f"{row}: {quoted(value)}" for row, value in problem.first_rows)


def _problem(number: int, problem: Problem) -> str:
    lines = [
        f"\n{number}. {title(problem)} ({problem.severity}) · {place(problem)} · count {problem.count}",
        f"   {printable(problem.message)}",
    ]
    if problem.values:
        lines.append(f"   values: {values(problem)}")
    if problem.first_rows:
        lines.append(f"   first rows: {first_rows(problem)}")
    lines.append(f"   to do: {printable(problem.remedy)}")
    return "\n".join(lines)
