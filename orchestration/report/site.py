"""The whole site: every page in every language, style, script and downloads, written into a folder.

What belongs here: which pages there are, and making them. What does not: what a page shows.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.errors import VakwerkError
from orchestration.report.downloads import write_downloads
from orchestration.report.findings_page import FindingsPage
from orchestration.report.group_page import BREAKDOWN, GroupPage
from orchestration.report.marts import Marts, Row
from orchestration.report.overview_page import OverviewPage
from orchestration.report.theme_page import ThemePage
from orchestration.report.wording import LANGUAGES, Words, words

HERE = Path(__file__).parent
ASSETS = ("report.css", "report.js")
FIRST_PAGE = "index.html"


class ReportError(VakwerkError):
    """The report cannot be made; the message says why and what to do."""


@dataclass(frozen=True)
class Page:
    """A page: its name in addresses, the template that shows it, and what it is about."""

    slug: str
    template: str
    title: Mapping[str, str]
    content: Any = None


@dataclass(frozen=True)
class Report:
    """What was written: how many pages, in all languages together."""

    folder: Path
    pages: int


def write_report(marts_file: Path, folder: Path) -> Report:
    """Write the report of these published marts into `folder`, which is made; gives what was written.

    Raises ReportError where the marts cannot be read, or are not as the report needs them.
    """
    try:
        folder.mkdir(parents=True)
        with duckdb.connect(marts_file, read_only=True) as connection:
            marts = Marts(connection)
            sections = _sections(marts)
            pages = [page for _, found in sections for page in found]
            for language in LANGUAGES:
                for page, text in _rendered(marts, sections, words(language)):
                    path = folder / address(page.slug, language)
                    path.write_text(text, encoding="utf-8")
            write_downloads(marts, folder / "data")
        for name in ASSETS:
            shutil.copyfile(HERE / name, folder / name)
    except (OSError, duckdb.IOException):
        raise
    except Exception as error:
        raise ReportError(
            f"The report of {marts_file} could not be made ({type(error).__name__}: {error}). "
            "If the survey or the marts changed, the report has to learn of it: orchestration/report."
        ) from error
    return Report(folder, len(pages) * len(LANGUAGES))


def address(slug: str, language: str) -> str:
    """The file of a page; the first language has the short names."""
    return f"{slug}.html" if language == LANGUAGES[0] else f"{slug}.{language}.html"


def slug_of(kind: str, code: str) -> str:
    """A page's name in addresses: plain characters alone, and another for every other code."""
    plain = re.sub(r"[^a-z0-9-]", lambda found: f"_{ord(found[0]):x}", code)
    return f"{kind}-{plain}"


Sections = Sequence[tuple[str | None, Sequence[Page]]]


def _sections(marts: Marts) -> Sections:
    """The pages under their headings in the menu; what a survey lacks has none."""
    overview = Page("index", "overview.html", _title("overview"), OverviewPage(marts))
    themes = [
        Page(
            slug_of("theme", theme["theme_id"]),
            "theme.html",
            _labels(theme),
            ThemePage(marts, theme),
        )
        for theme in marts.themes
    ]
    findings = (
        [Page("findings", "findings.html", _title("findings.title"), FindingsPage(marts))]
        if marts.findings
        else []
    )
    method = Page("method", "method.html", _title("method"), _suppression(marts))
    sections: list[tuple[str | None, Sequence[Page]]] = [(None, [overview])]
    if themes:
        sections.append(("themes", themes))
    for breakdown in marts.breakdowns:
        if breakdown.breakdown == BREAKDOWN:
            pages = [
                Page(slug_of(BREAKDOWN, group["group_code"]), "group.html", _labels(group), content)
                for group in breakdown.groups
                if (content := GroupPage(marts, breakdown, group)).profiles
            ]
            sections.append((BREAKDOWN, pages))
    return [*sections, (None, [*findings, method])]


def _rendered(marts: Marts, sections: Sections, w: Words) -> Iterator[tuple[Page, str]]:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    waves = {wave["wave_id"]: wave for wave in marts.waves}
    headings = {"themes": w("themes")}
    for breakdown in marts.breakdowns:
        if breakdown.breakdown == BREAKDOWN:
            headings[BREAKDOWN] = w.label(breakdown.labels)
    environment.globals.update(
        w=w,
        marts=marts,
        survey=w.label(marts.publication),
        synthetic=[w.label(wave) for wave in marts.waves if wave["is_synthetic"]],
        languages={language: words(language) for language in LANGUAGES},
        address=address,
        href=lambda slug: address(slug, w.language),
        theme_href=lambda theme: address(slug_of("theme", theme["theme_id"]), w.language),
        short=lambda group: marts.abbreviations.get(group["group_code"]) or w.label(group),
        wave_label=lambda wave_id: w.label(waves[wave_id]),
        menu=[
            (
                headings.get(heading or ""),
                [{"slug": page.slug, "title": page.title[w.language]} for page in pages],
            )
            for heading, pages in sections
        ],
    )
    for _, pages in sections:
        for page in pages:
            shown = {"slug": page.slug, "title": page.title[w.language], "content": page.content}
            yield page, environment.get_template(page.template).render(page=shown)


def _title(key: str) -> dict[str, str]:
    return {language: words(language)(key) for language in LANGUAGES}


def _labels(row: Row) -> dict[str, str]:
    return {language: words(language).label(row) for language in LANGUAGES}


def _suppression(marts: Marts) -> dict[str, dict[str, Row]]:
    found: dict[str, dict[str, Row]] = {}
    for row in marts.table("suppression", "mart, wave_id"):
        found.setdefault(row["mart"], {})[row["wave_id"]] = row
    return found
