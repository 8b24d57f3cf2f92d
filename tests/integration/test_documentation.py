"""What the site promises its readers: everything is there once, it is theirs to read, and it needs no network.

What belongs here: pages made from what dbt has parsed and from a codebook. What does not: what they
say of published marts, which `acceptance/test_documented_marts.py` holds against the marts.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from expectations.data_docs import write_page
from expectations.results import CheckResult
from orchestration.documentation.site import write_site
from orchestration.documentation.wording import EN, NL
from orchestration.preparation import manifest_file, prepare
from orchestration.settings import PROJECT, Settings
from tests.browser import chromium, shown
from tests.builders import CODEBOOK, settings_for, write_survey
from tests.conftest import Manifest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LANGUAGES = ("en", "nl")
# dbt's own page is as accessible as dbt makes it.
OF_DBT = "dbt.html"
HOSTILE = "<script>alert('x')</script>"


class Page(HTMLParser):
    """A page as a reader's program takes it in: ids, links, and texts by the language they are in."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self._languages: list[tuple[str, str]] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if tag not in ("meta", "br", "input", "img", "link", "hr"):
            inherited = self._languages[-1][1] if self._languages else ""
            self._languages.append((tag, given.get("lang") or inherited))

    def handle_endtag(self, tag: str) -> None:
        while self._languages and self._languages.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self._languages:
            self.texts.append((self._languages[-1][1], " ".join(data.split())))


@pytest.fixture(scope="module")
def site(prepared: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the study, of which nothing is published yet."""
    folder = tmp_path_factory.mktemp("site")
    write_site(prepared, folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


def rows(codebook: Path, table: str) -> list[dict[str, str]]:
    with (codebook / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# Complete


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dictionary_has_every_table_and_column_of_the_manifest_once(
    language: str, site: Path, manifest: Manifest
) -> None:
    marts = [node for node in manifest["nodes"].values() if node["schema"] == "marts"]
    expected = {node["alias"] for node in marts if node["resource_type"] == "model"}
    expected |= {
        f"{node['alias']}.{column}"
        for node in marts
        if node["resource_type"] == "model"
        for column in node["columns"]
    }
    found = Counter(Page(site / f"tables_{language}.html").ids)

    assert len(expected) > 1000
    assert {name for name in expected if found[name] != 1} == set()


def test_every_published_table_is_described_in_dutch(manifest: Manifest) -> None:
    assert [
        node["alias"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model"
        and node["schema"] == "marts"
        and not node["config"]["meta"].get("description_nl", "").startswith("Eén rij per ")
    ] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_codebook_page_has_every_label_in_both_languages(
    language: str, site: Path, prepared: Settings
) -> None:
    texts = set(Page(site / f"codebook_{language}.html").texts)
    labels = {
        (each, row[f"label_{each}"])
        for each in LANGUAGES
        for table in ("items", "scales", "groups")
        for row in rows(prepared.codebook, table)
    }
    labels |= {
        (each, row[f"name_{each}"])
        for each in LANGUAGES
        for row in rows(prepared.codebook, "organisations")
    }

    assert len(labels) > 200
    assert {(each, " ".join(label.split())) for each, label in labels} - texts == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_codebook_page_has_every_wave_theme_and_break_down(
    language: str, site: Path, prepared: Settings
) -> None:
    ids = Counter(Page(site / f"codebook_{language}.html").ids)
    expected = {
        f"{kind}.{row[key]}"
        for kind, table, key in (
            ("wave", "waves", "wave_id"),
            ("theme", "themes", "theme_id"),
            ("item", "items", "item_id"),
            ("scale", "scales", "scale_id"),
            ("breakdown", "breakdowns", "breakdown"),
        )
        for row in rows(prepared.codebook, table)
    }

    assert {name for name in expected if ids[name] != 1} == set()


def test_both_languages_have_words_for_the_same() -> None:
    assert EN.keys() == NL.keys()
    assert [name for name in NL if not NL[name] and EN[name]] == []


def test_every_mart_has_a_reader_who_is_named(manifest: Manifest) -> None:
    marts = {
        key
        for key, node in manifest["nodes"].items()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }
    exposures = manifest["exposures"].values()
    read = {key for exposure in exposures for key in exposure["depends_on"]["nodes"]}

    assert read == marts
    assert [each["name"] for each in exposures if not (each["maturity"] and each["owner"])] == []


# Links


def test_every_link_from_the_start_page_on_leads_somewhere(site: Path) -> None:
    pages: dict[Path, Page] = {}
    waiting = [site / "index.html"]
    links: list[tuple[Path, Path, str]] = []
    while waiting:
        path = waiting.pop()
        if path in pages or path.suffix != ".html":
            continue
        pages[path] = Page(path)
        for link in pages[path].links:
            if re.match(r"[a-z]+:", link) or path.name == OF_DBT:
                continue
            place, _, fragment = link.partition("#")
            target = (path.parent / place).resolve() if place else path
            links.append((path, target, fragment))
            if target.is_file() and site in target.parents:
                waiting.append(target)

    made = set(site.rglob("*.html"))
    dead = [
        f"{path.relative_to(site)} -> {target}#{fragment}"
        for path, target, fragment in links
        if not target.exists() or (fragment and fragment not in pages[target].ids)
    ]
    assert dead == []
    assert made - pages.keys() == set(), "pages that no link leads to"


def test_what_is_missing_is_said_to_be_missing(site: Path) -> None:
    page = Page(site / "index.html")

    assert "Not there yet" in {text for _, text in page.texts}
    assert [link for link in page.links if link.startswith("..")] == []


# Private, and for readers


def test_readers_may_open_every_page_and_what_stands_beside_them_is_left_alone(
    prepared: Settings, tmp_path: Path
) -> None:
    (tmp_path / "of_somebody.txt").write_text("mine")
    write_site(prepared, tmp_path / "new" / "pages")
    write_site(prepared, tmp_path)

    assert (tmp_path / "of_somebody.txt").read_text() == "mine"
    for path in (tmp_path / "new" / "pages").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path


def test_no_page_says_where_it_was_made(site: Path, prepared: Settings) -> None:
    assert [
        path.name
        for path in site.rglob("*.html")
        for place in (str(PROJECT), str(prepared.home))
        if place in path.read_text(encoding="utf-8")
    ] == []


def result(layer: str, failing_rows: int, name: str = "promise") -> CheckResult:
    return CheckResult(
        name=name,
        layer="delivery" if layer == "delivery" else "marts",
        table="item_results",
        title=f"The {name} {HOSTILE}",
        severity="block",
        remedy="Ask the sender",
        failing_rows=failing_rows,
        sample=({"v1": "an answer"},),
        details={"failing": {}},
        expected=("v1 is one of 1, 2",),
    )


@pytest.fixture(scope="module")
def broken(prepared: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home with a site, in whose last build checks of all kinds were broken."""
    settings = settings_for(tmp_path_factory.mktemp("broken"), prepared.survey)
    settings.dbt_artifacts.mkdir(parents=True)
    (settings.dbt_artifacts / "manifest.json").write_bytes(manifest_file(prepared).read_bytes())
    write_page(settings.quality, "delivery", ["2022"], [result("delivery", 3, "few")])
    marts = [result("marts", 1234, "many"), result("marts", 0)]
    write_page(settings.quality, "marts", ["2022"], marts)
    write_site(settings, settings.documentation)
    return settings


def test_the_page_of_checks_tells_what_is_broken_and_neither_answers_nor_small_counts(
    broken: Settings,
) -> None:
    checks = broken.documentation / "checks.html"
    text = checks.read_text(encoding="utf-8")
    told = " ".join(text for _, text in Page(checks).texts)

    assert "fewer than 10 found to break it" in told
    assert "1,234 found to break it" in told
    assert "Who mends it: the sender of the file, mostly. Ask the sender" in told
    assert "v1 is one of 1, 2" in told
    assert "an answer" not in text
    assert HOSTILE not in text
    assert "Nothing has been checked yet" not in text
    assert "../quality/index.html" in Page(checks).links


# Other surveys


def without_dutch(text: str) -> str:
    """The table with every Dutch label taken out."""
    lines = [line.strip() for line in text.strip().splitlines()]
    place = lines[0].split(",").index("label_nl")
    blanked = [lines[0]]
    for line in lines[1:]:
        cells = next(csv.reader([line]))
        cells[place] = ""
        blanked.append(",".join(f'"{cell}"' for cell in cells))
    return "\n".join(blanked)


def test_a_survey_without_dutch_labels_or_organisations_has_its_pages_too(
    manifest: Manifest, tmp_path: Path
) -> None:
    tables = {name: without_dutch(text) for name, text in CODEBOOK.items() if ",label_nl," in text}
    organisations = CODEBOOK["organisations"].strip().splitlines()[0]
    survey = write_survey(tmp_path / "survey", **tables, organisations=organisations)
    settings = settings_for(tmp_path, survey)
    settings.dbt_artifacts.mkdir(parents=True)
    (settings.dbt_artifacts / "manifest.json").write_text(json.dumps(manifest))
    write_site(settings, settings.documentation)
    texts = Page(settings.documentation / "codebook_nl.html").texts

    assert ("nl", "Dit onderzoek heeft er geen.") in texts
    assert ("en", "Craft") in texts, "the label that there is, in the language that it is in"
    assert ("nl", "Craft") not in texts
    assert ("en", "don't know") in texts


@pytest.mark.slow
def test_the_census_has_a_dictionary_without_the_study_s_own_tables(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, PROJECT / "examples" / "aps_census")
    prepare(settings)
    write_site(settings, settings.documentation)
    found = Counter(Page(settings.documentation / "tables_nl.html").ids)
    texts = Page(settings.documentation / "codebook_nl.html").texts

    assert found["item_results.mean"] == 1
    assert not [name for name in found if name.endswith("_by_role")]
    assert ("en", "I have unrealistic time pressures") in texts
    assert ("nl", "Ik heb onrealistische tijdsdruk") in texts


# In the browser


def pages_of(site: Path) -> Mapping[str, Path]:
    return {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*.html"))}


@pytest.mark.slow
def test_no_page_asks_for_anything_outside_and_axe_objects_to_none(
    site: Path, browser: Browser
) -> None:
    asked: dict[str, list[str]] = {}
    objected: dict[str, list[str]] = {}
    wider: list[str] = []
    for name, path in pages_of(site).items():
        with shown(browser, path, width=390) as seen:
            if name == OF_DBT:
                seen.page.wait_for_selector("text=vakwerk", state="attached")
            else:
                if found := seen.violations(opened=True):
                    objected[name] = found
                if seen.page.evaluate("document.documentElement.scrollWidth") > 390:
                    wider.append(name)
            if seen.outside:
                asked[name] = seen.outside

    assert asked == {}
    assert objected == {}
    assert wider == []


def test_axe_objects_to_no_page_of_checks_that_are_broken(
    broken: Settings, browser: Browser
) -> None:
    objected = {}
    for path in [broken.documentation / "checks.html", *broken.quality.glob("*.html")]:
        with shown(browser, path) as seen:
            objected[path.name] = [*seen.violations(opened=True), *seen.outside]

    assert len(objected) == 4
    assert {name: found for name, found in objected.items() if found} == {}


def test_the_page_of_dbt_shows_a_table_with_its_columns_and_types(
    site: Path, browser: Browser
) -> None:
    with shown(browser, site / OF_DBT) as seen:
        seen.page.goto((site / OF_DBT).as_uri() + "#!/model/model.vakwerk.item_results")
        row = seen.page.locator("tr", has_text="favourable_share_unweighted").first
        row.wait_for()
        assert "double" in row.inner_text()
        assert seen.outside == []
    text = (site / OF_DBT).read_text(encoding="utf-8")
    assert "cloudfront" not in text
    assert "sinter-collect" not in text


def test_a_search_by_keyboard_opens_what_it_finds_and_hides_the_rest(
    site: Path, browser: Browser
) -> None:
    with shown(browser, site / "tables_nl.html", width=390) as seen:
        tab = seen.page
        tab.get_by_role("searchbox").focus()
        tab.keyboard.type("item_results effective_n")
        tab.wait_for_function("document.querySelector('#found').textContent.startsWith('1 ')")
        assert tab.locator("[id='item_results.effective_n']").is_visible()
        assert not tab.locator("[id='theme_results.effective_n']").is_visible()
        tab.get_by_role("searchbox").fill("")
        assert not tab.locator("[id='item_results.effective_n']").is_visible()
        assert tab.locator("[id='theme_results'] > summary").is_visible()


def test_a_link_to_a_column_opens_its_table(site: Path, browser: Browser) -> None:
    with shown(browser, site / "tables_en.html") as seen:
        seen.page.goto((site / "tables_en.html").as_uri() + "#trends.previous_mean")
        assert seen.page.locator("[id='trends.previous_mean']").is_visible()
