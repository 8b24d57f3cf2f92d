"""The report as a page: `report.html`, whole in one file, with nothing loaded from elsewhere.

What belongs here: what the page is given. What does not: its words (`report_text`) and its layout
(`templates/report.html`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from orchestration import pages
from orchestration.deliveries.report import Report, quoted
from orchestration.deliveries.report_text import place, printable, size, title

TEMPLATES = Path(__file__).parent / "templates"


def as_html(report: Report, changes: Sequence[str] = ()) -> str:
    """The whole report; `changes` are lines on what would change in what is loaded."""
    return pages.render(
        TEMPLATES,
        "report.html",
        report=report,
        changes=changes,
        size=size(report),
        text=printable,
        quoted=quoted,
        title=title,
        place=place,
    )
