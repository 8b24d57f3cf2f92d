"""The web report as people meet it: in a browser, from files, in both languages."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.acceptance.conftest import Row, Warehouse
from tests.browser import Watched, chromium, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

FIRST_VIEW = 1_500_000
HIDDEN = {"nl": "verborgen", "en": "hidden"}
LANGUAGES = ("nl", "en")
SYNTHETIC = {"nl": "Synthetische gegevens", "en": "Synthetic data"}
NUMBER = re.compile(r"[+−-]?\d[\d.,]*%?")

WORDS = {
    "higher": ("hoger", "higher"),
    "lower": ("lager", "lower"),
    "no difference shown": ("geen verschil aangetoond", "no difference shown"),
    "too few": ("te weinig respondenten", "too few respondents"),
    "not comparable": ("niet vergelijkbaar", "not comparable"),
    "above its peers": ("boven vergelijkbare groepen", "above its peers"),
    "among its peers": ("tussen vergelijkbare groepen", "among its peers"),
    "below its peers": ("onder vergelijkbare groepen", "below its peers"),
    "too few peers": ("te weinig vergelijkbare groepen", "too few peers"),
}

# Which columns the cells of a table show, in order; None is a label.
RESULTS = ("respondents", "mean", ("ci_low", "ci_high"), "favourable_share")
AGAINST_REST = ("difference", "p_holm", "verdict")
CHANGE = ("change", "change_p_holm", "change_verdict")
COLUMNS: Mapping[str, tuple[Any, ...]] = {
    "answers": RESULTS,
    "items": (*RESULTS, *AGAINST_REST),
    "scores": (*RESULTS, *AGAINST_REST),
    "waves": (*RESULTS, *CHANGE),
    "profile": (*RESULTS, *AGAINST_REST, "peer_median", "place", *CHANGE),
    "headlines": ("respondents", "mean", ("ci_low", "ci_high"), *CHANGE),
    "changes": (None, "mean", *CHANGE),
}


@dataclass
class Visit:
    """What was seen of every page of a report."""

    folder: Path
    violations: dict[str, list[str]] = field(default_factory=dict)
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    widths: dict[str, int] = field(default_factory=dict)
    watch: Watched | None = None


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def visit(browser: Browser, folder: Path) -> Visit:
    """Open every page of a report, on a phone's width where it is narrowest."""
    seen = Visit(folder)
    seen.watch = watch = watched(browser, viewport={"width": 390, "height": 844})
    kinds: set[tuple[str, str]] = set()
    for path in sorted(folder.glob("*.html")):
        page = watch.open(path)
        # Pages of one kind are of one template: the disclosures of one are enough, and take seconds.
        kind = (re.split(r"[-.]", path.name)[0], language(path.name))
        seen.tables[path.name] = watch.tables()
        seen.notes[path.name] = page.inner_text("aside") if page.locator("aside").count() else ""
        seen.widths[path.name] = page.evaluate("document.documentElement.scrollWidth")
        seen.violations[path.name] = watch.violations(opened=kind not in kinds)
        kinds.add(kind)
    return seen


@pytest.fixture(scope="module")
def report(sample: Warehouse, browser: Browser) -> Visit:
    return visit(browser, sample.home / "published" / "report")


@pytest.fixture(scope="module")
def expected(sample: Warehouse) -> Mapping[tuple[str, ...], Row]:
    """What the marts say of each wave, break-down, group and item; by the theme of its score."""
    with sample.published() as marts:
        found = marts.execute(
            """
            with figures as (
                select *, item_id as subject from item_results
                union all by name select *, theme_id as subject from theme_results
            ),
            rest as (
                select *, item_id as subject from group_differences where reference_code = 'rest'
                union all by name
                select *, theme_id as subject from theme_differences where reference_code = 'rest'
            ),
            changes as (
                select *, if(item_id = 'score', theme_id, item_id) as subject
                from trends where basis <> 'as_it_was'
            ),
            peers as (select *, if(item_id = 'score', theme_id, item_id) as subject from benchmarks)
            select figures.wave_id, figures.breakdown, figures.group_code, figures.subject,
                figures.respondents, figures.mean, figures.ci_low, figures.ci_high, figures.favourable_share,
                figures.is_suppressed, rest.difference, rest.p_holm, rest.verdict, peers.peer_median,
                peers.place, changes.difference as change, changes.p_holm as change_p_holm,
                changes.verdict as change_verdict
            from figures
            left join rest using (wave_id, breakdown, group_code, subject)
            left join changes using (wave_id, breakdown, group_code, subject)
            left join peers using (wave_id, breakdown, group_code, subject)
            """
        )
        names = [column[0] for column in found.description]
        return {row[:4]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


def language(page: str) -> str:
    return "en" if page.endswith(".en.html") else "nl"


def number(text: str, page: str) -> tuple[float, float]:
    """A number that a page shows, and half of the last place that it shows."""
    found = NUMBER.search(text)
    assert found, text
    thousands, decimal = (",", ".") if language(page) == "en" else (".", ",")
    plain = found[0].rstrip("%").replace(thousands, "").replace(decimal, ".").replace("−", "-")
    unit = 10.0 ** -len(plain.partition(".")[2])
    scale = 100 if "%" in found[0] else 1
    return float(plain) / scale, unit / scale / 2


def equal(text: str, value: float | str | None, page: str) -> bool:
    """Whether a page shows a value, at the precision that it shows."""
    if isinstance(value, str):
        # A change is told with a remark where the item was reworded.
        return text.partition(" (")[0] == WORDS[value][LANGUAGES.index(language(page))]
    if value is None:
        return text == "–"
    if text.startswith("<"):
        return value < number(text, page)[0]
    shown, half = number(text, page)
    return abs(shown - value) <= half + 1e-9


def place(page: str, table: Mapping[str, Any], key: str) -> tuple[str, str, str, str]:
    """Of which wave, break-down, group and item (or theme's score) a row of a table is."""
    subject, _, rest = key.partition("/")
    subject = subject.removeprefix("score:")
    if table["figures"] == "waves":
        group, _, wave = rest.rpartition("/")
        return wave, table["breakdown"], group, subject
    if table["figures"] == "profile":
        group = page.removeprefix("ministry-").split(".")[0]
        return table["wave"], "ministry", group, subject
    if table["figures"] in ("items", "scores"):
        return table["wave"], table["breakdown"], rest, subject
    return table["wave"], "total", "all", subject


def test_every_figure_of_every_page_is_that_of_the_marts(
    report: Visit, expected: Mapping[tuple[str, ...], Row], capsys: pytest.CaptureFixture[str]
) -> None:
    compared: Counter[str] = Counter()
    wrong = []
    for page, tables in report.tables.items():
        for table in tables:
            columns = COLUMNS.get(table["figures"], ())
            for row in table["rows"] if columns else ():
                figures = expected[place(page, table, row["key"])]
                if figures["is_suppressed"]:
                    continue
                for column, text in zip(columns, row["cells"], strict=False):
                    if column is None:
                        continue
                    names = column if isinstance(column, tuple) else (column,)
                    texts = re.split(r" (?:tot|to) ", text)
                    values = [figures[name] for name in names]
                    if len(texts) < len(values) and text == "–":
                        values = values[:1]
                    compared[table["figures"]] += len(values)
                    if not all(map(equal, texts, values, [page] * len(values))):
                        wrong.append((page, table["figures"], row["key"], column, text, values))
    with capsys.disabled():
        print(f"\n{compared.total()} figures of the report compared: {dict(compared)}")
    assert wrong == []
    assert set(compared) == set(COLUMNS)
    assert compared.total() > 100_000


def test_shares_of_answers_are_those_of_the_marts(report: Visit, sample: Warehouse) -> None:
    with sample.published() as marts:
        shares = {
            (wave, item, answer): share
            for wave, item, answer, share in marts.execute(
                "select wave_id, item_id, answer, share from item_distributions where breakdown = 'total'"
            ).fetchall()
        }
    compared = 0
    for page, tables in report.tables.items():
        for table in (table for table in tables if table["figures"] == "answers"):
            for row in table["rows"]:
                for answer, text in enumerate(row["cells"][len(RESULTS) :], 1):
                    assert equal(text, shares[table["wave"], row["key"], answer], page)
                    compared += 1
    assert compared == 2 * len(shares)


def test_response_and_findings_are_those_of_the_marts(report: Visit, sample: Warehouse) -> None:
    with sample.published() as marts:
        response = {
            row[:3]: row[3:]
            for row in marts.execute(
                "select wave_id, breakdown, group_code, returned, usable, headcount, coverage, is_suppressed from response"
            ).fetchall()
        }
        statuses = {
            (wave, status): count
            for wave, status, count in marts.execute(
                "select wave_id, status, count(*) from findings group by all"
            ).fetchall()
        }
        found = marts.execute("from findings")
        names = [column[0] for column in found.description]
        findings = {
            (row[names.index("finding_id")], row[names.index("wave_id")]): dict(
                zip(names, row, strict=True)
            )
            for row in found.fetchall()
        }
    compared: Counter[str] = Counter()
    for page, tables in report.tables.items():
        for table in tables:
            for row in table["rows"]:
                cells = row["cells"]
                match table["figures"]:
                    case "coverage":
                        *values, hidden = response[table["wave"], *row["key"].split("/")]
                        shown = not hidden and list(map(equal, cells, values, [page] * 4))
                        assert (
                            all(shown) if shown else hidden and HIDDEN[language(page)] in cells[0]
                        )
                        compared["coverage"] += 1
                    case "statuses":
                        assert int(cells[0]) == statuses[table["wave"], row["key"]]
                        compared["statuses"] += 1
                    case "findings":
                        finding = findings[tuple(row["key"].split("/"))]
                        for column, text in zip(row["columns"], cells, strict=True):
                            assert equal(text, finding[column], page), (page, row["key"], column)
                            compared["findings"] += 1
    assert compared["coverage"] > 100
    assert compared["statuses"] == 2 * len(statuses)
    assert compared["findings"] > 1000


def test_what_is_hidden_in_the_marts_is_hidden_on_every_page(
    report: Visit, expected: Mapping[tuple[str, ...], Row]
) -> None:
    hidden = 0
    for page, tables in report.tables.items():
        for table in tables:
            for row in table["rows"] if table["figures"] in COLUMNS else ():
                is_hidden = expected[place(page, table, row["key"])]["is_suppressed"]
                assert bool(row["hidden"]) == is_hidden, (page, table["figures"], row["key"])
                if is_hidden:
                    assert row["cells"][0] == HIDDEN[language(page)]
                    assert not any(map(NUMBER.search, row["cells"]))
                    hidden += 1
            for row in table["rows"] if table["figures"] == "heat" else ():
                words = [cell for cell in row["cells"] if cell and not NUMBER.search(cell)]
                assert len(words) == row["hidden"]
                assert all(HIDDEN[language(page)] in word for word in words)
    assert hidden > 0


def test_axe_finds_nothing_against_any_page_in_either_language(report: Visit) -> None:
    assert {page: found for page, found in report.violations.items() if found} == {}
    assert {language(page) for page in report.violations} == set(LANGUAGES)


def test_no_page_is_wider_than_a_phone(report: Visit) -> None:
    assert {page: width for page, width in report.widths.items() if width > 390} == {}


def test_every_page_says_that_the_waves_are_synthetic(report: Visit) -> None:
    assert [
        page for page, note in report.notes.items() if SYNTHETIC[language(page)] not in note
    ] == []


def test_there_is_a_page_for_each_theme_and_each_ministry(report: Visit, sample: Warehouse) -> None:
    with sample.published() as marts:
        themes = marts.execute("select theme_id from dim_themes").fetchall()
        ministries = marts.execute(
            "select group_code from dim_groups where breakdown = 'ministry'"
        ).fetchall()
    names = {"index", "findings", "method"} | {f"theme-{theme}" for (theme,) in themes}
    names |= {f"ministry-{code}" for (code,) in ministries}
    assert set(report.tables) == {f"{name}{end}" for name in names for end in (".html", ".en.html")}


def test_nothing_is_asked_of_elsewhere_and_nothing_goes_wrong(report: Visit) -> None:
    assert report.watch is not None
    assert report.watch.outside == []
    assert report.watch.errors == []


def test_the_first_view_is_light(browser: Browser, report: Visit) -> None:
    watch = watched(browser)
    watch.open(report.folder / "index.html")
    assert len(watch.files) == 3
    assert sum(path.stat().st_size for path in watch.files) < FIRST_VIEW


def test_each_choice_of_wave_and_breakdown_shows_its_panels_without_a_reload(
    browser: Browser, report: Visit
) -> None:
    watch = watched(browser)
    page = watch.open(report.folder / "theme-3a.html")
    page.evaluate("window.sameDocument = true")
    waves = page.locator("#wave option").all_inner_texts()
    breakdowns = page.locator("#breakdown option").all_inner_texts()
    assert (len(waves), len(breakdowns)) == (3, 9)
    for wave in waves:
        page.select_option("#wave", label=wave)
        for breakdown in breakdowns:
            page.select_option("#breakdown", label=breakdown)
            assert page.inner_text(".now") == f"{breakdown}, {wave}"
            assert wave in page.inner_text("section:has(#answers) figcaption")
            assert breakdown in page.inner_text("section:has(#waves) .slot figcaption")
            assert breakdown in page.inner_text("[data-says]")
    assert page.evaluate("window.sameDocument")
    # What was opened is still open when it returns.
    page.locator("section:has(#groups) summary").first.click()
    page.select_option("#wave", label=waves[0])
    page.select_option("#wave", label=waves[-1])
    assert page.locator("section:has(#groups) details").first.get_attribute("open") == ""
    assert watch.errors == []


def test_the_choice_goes_along_to_the_other_language_and_to_other_pages(
    browser: Browser, report: Visit
) -> None:
    page = watched(browser).open(report.folder / "theme-3b.html")
    page.select_option("#wave", "2022")
    page.select_option("#breakdown", "domain")
    page.click("text=English")
    page.wait_for_url("**/theme-3b.en.html#*")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.inner_text(".now") == "Domain, 2022 (synthetic)"
    page.click("nav.site >> text=Findings")
    page.wait_for_url("**/findings.en.html#*")
    page.click("nav.site >> text=Public values")
    page.wait_for_url("**/theme-3b.en.html#*")
    assert page.inner_text(".now") == "Domain, 2022 (synthetic)"
    page.reload()
    assert page.inner_text(".now") == "Domain, 2022 (synthetic)"


def test_everything_is_used_by_keyboard_alone(browser: Browser, report: Visit) -> None:
    page = watched(browser).open(report.folder / "theme-2.en.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "wave"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "breakdown"
    page.keyboard.press("ArrowDown")
    assert page.inner_text(".now") == "Domain, 2024 (synthetic)"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    assert page.locator("section:has(#answers) table").is_visible()


def test_motion_is_left_out_for_whom_it_troubles(browser: Browser, report: Visit) -> None:
    page = watched(browser, reduced_motion="reduce").open(report.folder / "index.html")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_without_javascript_the_newest_wave_is_there_and_the_page_says_so(
    browser: Browser, report: Visit
) -> None:
    page = watched(browser, java_script_enabled=False).open(report.folder / "theme-2.en.html")
    assert page.inner_text(".now") == "Role, 2026 (synthetic)"
    assert "Without JavaScript" in page.inner_text("main")
    assert not page.locator(".controls").is_visible()


def test_downloads_are_the_marts(browser: Browser, report: Visit, sample: Warehouse) -> None:
    page = watched(browser).open(report.folder / "theme-4a.html")
    with page.expect_download() as started:
        page.click("a[download]")
    assert (
        started.value.path().read_bytes() == (report.folder / "data" / "theme-4a.csv").read_bytes()
    )

    keys = "wave_id, theme_id, item_id, breakdown, group_code"
    with sample.published() as marts:

        def differing(query: str, files: str, columns: str) -> int:
            files = f"read_csv('{report.folder}/data/{files}', all_varchar = true, allow_quoted_nulls = false)"
            # Text against text: every digit.
            of_marts = f"select columns(*)::varchar from (select {columns} from ({query}))"
            of_files = f"select {columns} from {files}"
            row = marts.execute(
                f"select count(*) from ((({of_marts}) except all ({of_files})) union all (({of_files}) except all ({of_marts})))"
            ).fetchone()
            assert row is not None
            return int(row[0])

        figures = f"{keys}, respondents, mean, ci_low, ci_high, favourable_share, is_suppressed, suppression_reason"
        uncrossed = """
            select *, theme_id as theme from item_results where group_code not like '%|%'
            union all by name
            select *, theme_id as theme, 'score' as item_id from theme_results where group_code not like '%|%'
        """
        assert differing(uncrossed, "theme-*[0-9ab].csv", figures) == 0
        assert (
            differing(f"from ({uncrossed}) where breakdown = 'ministry'", "ministry-*.csv", figures)
            == 0
        )
        differences = f"{keys}, difference, p_holm, verdict"
        rest = "from group_differences where reference_code = 'rest' and group_code not like '%|%'"
        with_rest = f"from read_csv('{report.folder}/data/theme-*[0-9ab].csv', all_varchar = true)"
        marts.execute(
            f"create temp table told as select {differences} {with_rest} where verdict is not null and item_id <> 'score'"
        )
        assert (
            marts.execute(
                f"(select {differences.replace(', ', '::varchar, ')}::varchar {rest}) except all from told"
            ).fetchall()
            == []
        )
        for name in ("findings", "finding_evidence", "response"):
            columns = ", ".join(
                column for (column, *_) in marts.execute(f"describe {name}").fetchall()
            )
            assert differing(f"from {name}", f"{name}.csv", columns) == 0


def test_a_survey_without_findings_or_ministries_has_no_page_of_them(
    browser: Browser, small: Warehouse
) -> None:
    seen = visit(browser, small.home / "published" / "report")
    assert set(seen.tables) == {
        f"{name}{end}"
        for name in ("index", "method", "theme-1", "theme-2")
        for end in (".html", ".en.html")
    }
    assert {page: found for page, found in seen.violations.items() if found} == {}
    assert seen.watch is not None
    assert (seen.watch.errors, seen.watch.outside) == ([], [])
    assert "indings" not in (seen.folder / "index.en.html").read_text(encoding="utf-8")
    kinds = Counter(table["figures"] for tables in seen.tables.values() for table in tables)
    assert kinds["items"] > 0


def test_the_command_says_where_the_report_is_and_makes_it_again(
    small: Warehouse, tmp_path: Path
) -> None:
    published = small.home / "published" / "report"
    told = small.vakwerk("report")
    assert told.returncode == 0
    assert Path(told.stdout.strip()) == published / "index.html"

    made = small.vakwerk("report", "--output", tmp_path / "again")
    assert made.returncode == 0, made.stderr
    assert _contents(tmp_path / "again") == _contents(published.resolve())

    again = small.vakwerk("report", "--output", tmp_path / "again")
    assert again.returncode == 1
    assert "is there already" in again.stderr


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_report_knows_nothing_but_the_published_file(small: Warehouse, tmp_path: Path) -> None:
    """Made of a copy of the file alone, elsewhere, it is the same to the byte."""
    from orchestration.report.site import write_report

    alone = tmp_path / "marts.duckdb"
    alone.write_bytes((small.home / "published" / "marts.duckdb").read_bytes())
    report = write_report(alone, tmp_path / "report")

    assert _contents(report.folder) == _contents((small.home / "published" / "report").resolve())
    with duckdb.connect(alone, read_only=True) as marts:
        assert marts.execute("select count(*) from publication").fetchone() == (1,)


def test_the_first_wave_alone_has_a_report_of_what_it_asked(
    sample: Warehouse, tmp_path: Path
) -> None:
    """Of the marts with nothing in them but the oldest wave: later waves have items that it did not ask."""
    from orchestration.report.site import write_report

    file = tmp_path / "marts.duckdb"
    file.write_bytes((sample.home / "published" / "marts.duckdb").read_bytes())
    with duckdb.connect(file) as marts:
        tables = marts.execute(
            "select table_name from duckdb_columns() where column_name = 'wave_id'"
        ).fetchall()
        for (table,) in tables:
            marts.execute(f"delete from {table} where wave_id <> '2022'")
        asked = marts.execute(
            "select item_id, label_en from dim_items semi join dim_item_versions using (item_id)"
        )
        labels = dict(asked.fetchall())
        later = marts.execute(
            "select label_en from dim_items anti join dim_item_versions using (item_id)"
        )
        not_asked = [label for (label,) in later.fetchall()]
    report = write_report(file, tmp_path / "report")
    pages = "".join(page.read_text("utf-8") for page in report.folder.glob("theme-*.en.html"))
    text = html.unescape(pages)
    assert not_asked
    assert [label for label in labels.values() if label not in text] == []
    assert [label for label in not_asked if label in text] == []
