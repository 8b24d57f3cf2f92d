"""The site: every page written into one folder, each in one step, with links that lead somewhere.

What belongs here: which pages there are, what each is given, and how they are written. What does
not: what they say.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path, PurePosixPath

from orchestration import pages
from orchestration.codebook import Codebook
from orchestration.documentation.checks import last_checks
from orchestration.documentation.dbt_docs import dbt_page
from orchestration.documentation.definition import definition
from orchestration.documentation.guides import Guide, guides
from orchestration.documentation.lineage import column_lineage
from orchestration.documentation.tables import DbtManifest, published_tables
from orchestration.documentation.wording import LANGUAGES, WORDS
from orchestration.fingerprints import code_fingerprint
from orchestration.preparation import make_home, manifest_file
from orchestration.publishing.publication import Manifest, published_manifest
from orchestration.settings import PROJECT, PUBLIC_FILE, PUBLIC_FOLDER, UI_PORT, Settings

TEMPLATES = Path(__file__).parent / "templates"
START_PAGES = {"en": "index.html", "nl": "index_nl.html"}
GUIDES = PurePosixPath("guides")


@dataclass(frozen=True)
class Link:
    """A way to something; `missing` names the words that say how it comes to be there."""

    name: str
    href: str
    missing: str = ""


@dataclass(frozen=True)
class Site:
    """What the pages are made from, read once."""

    settings: Settings
    folder: Path
    codebook: Codebook
    manifest: DbtManifest
    published: Manifest | None
    guides: tuple[Guide, ...]


def write_site(settings: Settings, folder: Path) -> Path:
    """Write every page into `folder`, which is made where it is missing; gives the start page.

    Pages that stand there are replaced, other files are left alone. Raises PreparationError where
    dbt has not parsed the models, DocumentationError where dbt's own page cannot be made.
    """
    texts, images = guides(PROJECT)
    site = Site(
        settings=settings,
        folder=folder,
        codebook=Codebook(settings.codebook),
        manifest=json.loads(manifest_file(settings).read_text(encoding="utf-8")),
        published=published_manifest(settings),
        guides=texts,
    )
    if settings.home in folder.parents:
        make_home(settings)
    for place, text in _pages(site):
        _write(folder, place, text.encode())
    for image in images:
        _write(folder, GUIDES / image, (PROJECT / image).read_bytes())
    return folder / START_PAGES["en"]


def _pages(site: Site) -> Iterator[tuple[PurePosixPath, str]]:
    yield from _start_pages(site)
    yield from _tables(site)
    yield from _codebook(site)
    yield PurePosixPath("checks.html"), _checks(site)
    yield PurePosixPath("dbt.html"), dbt_page(site.manifest)
    for guide in site.guides:
        root = "../" * len(guide.page.parts)
        yield GUIDES / guide.page, _render(site, "guide.html", "en", root=root, guide=guide)


def _start_pages(site: Site) -> Iterator[tuple[PurePosixPath, str]]:
    waves = site.codebook.table("waves")
    shown = site.published["waves"] if site.published else []
    for language in LANGUAGES:
        yield (
            PurePosixPath(START_PAGES[language]),
            _render(
                site,
                "start.html",
                language,
                current="start",
                other_page=START_PAGES[_other(language)],
                survey=site.codebook.survey,
                published=site.published,
                waves=waves,
                synthetic=[row["wave_id"] for row in waves if row["is_synthetic"] == "true"],
                revisions={wave["wave_id"]: wave["revision"] for wave in shown},
                links=list(_links(site, language)),
                guides=site.guides,
            ),
        )


def _links(site: Site, language: str) -> Iterator[Link]:
    report = site.settings.published / "report" / "index.html"
    yield Link("report", _way(site, report), "" if report.is_file() else "missing_report")
    yield Link("tables", f"tables_{language}.html")
    yield Link("codebook", f"codebook_{language}.html")
    yield Link("checks", "checks.html")
    yield Link("dbt", "dbt.html")
    quality = site.settings.quality / "index.html"
    yield Link("quality", _way(site, quality), "" if quality.is_file() else "missing_quality")
    files = site.settings.published
    yield Link("files", _way(site, files) + "/", "" if files.is_dir() else "missing_files")
    yield Link("ui", f"http://127.0.0.1:{UI_PORT}")


def _tables(site: Site) -> Iterator[tuple[PurePosixPath, str]]:
    lineage = column_lineage(site.manifest)
    tables = published_tables(site.manifest, lineage)
    for language in LANGUAGES:
        yield (
            PurePosixPath(f"tables_{language}.html"),
            _render(
                site,
                "tables.html",
                language,
                current="tables",
                other_page=f"tables_{_other(language)}.html",
                folders=[
                    (name, list(of_folder))
                    for name, of_folder in groupby(tables, attrgetter("folder"))
                ],
                names={table.name for table in tables},
                has_lineage=bool(lineage),
                models_changed=site.published is not None
                and site.published["code_fingerprint"] != code_fingerprint(site.settings),
            ),
        )


def _codebook(site: Site) -> Iterator[tuple[PurePosixPath, str]]:
    defined = definition(site.codebook)
    for language in LANGUAGES:
        yield (
            PurePosixPath(f"codebook_{language}.html"),
            _render(
                site,
                "codebook.html",
                language,
                current="codebook",
                other_page=f"codebook_{_other(language)}.html",
                definition=defined,
            ),
        )


def _checks(site: Site) -> str:
    smallest = int(site.codebook.survey["minimum_group_size"])
    run_results = site.settings.dbt_artifacts / "run_results.json"
    layers = last_checks(site.settings.quality, run_results, site.manifest, smallest)
    quality = site.settings.quality / "index.html"
    return _render(
        site,
        "checks.html",
        "en",
        current="checks",
        layers=layers,
        smallest=smallest,
        quality=_way(site, quality) if quality.is_file() else None,
    )


def _render(site: Site, template: str, language: str, **values: object) -> str:
    survey = site.codebook.survey
    frame = {
        "root": "",
        "current": "",
        "other_page": "",
        "language": language,
        "other_language": _other(language),
        "words": WORDS[language],
        "start_page": START_PAGES[language],
        "survey_label": survey[f"label_{language}"] or survey["label_en"] or survey["survey_id"],
    }
    return pages.render(TEMPLATES, template, **{**frame, **values})


def _other(language: str) -> str:
    return next(other for other in LANGUAGES if other != language)


def _way(site: Site, target: Path) -> str:
    """The relative address of something in the home, as seen from the site."""
    return Path(os.path.relpath(target, site.folder)).as_posix()


def _write(folder: Path, place: PurePosixPath, content: bytes) -> None:
    """Who reads the old page keeps it whole; whatever the umask, the new one is for everybody."""
    path = folder / place
    for parent in reversed([folder / parent for parent in place.parents]):
        if not parent.is_dir():
            parent.mkdir(parents=True)
            parent.chmod(PUBLIC_FOLDER)
    written = path.with_name(f".{path.name}.part")
    written.write_bytes(content)
    written.chmod(PUBLIC_FILE)
    written.replace(path)
