"""Data Docs are whole, private and offline, and do not pile up.

What belongs here: the pages as files. What does not: how the results on them came about.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from expectations.data_docs import write_page
from expectations.results import CheckResult

HOSTILE = "<script>alert('x')</script> & {{ 7 * 7 }}"


def result(
    name: str = "answers_within_scale",
    failing_rows: int = 0,
    error: str | None = None,
    severity: str = "block",
    expected: tuple[str, ...] = (f"v1 is one of {HOSTILE}",),
) -> CheckResult:
    return CheckResult(
        name=name,
        layer="delivery",
        table="delivered",
        title=f"The promise of {name}",
        severity="warn" if severity == "warn" else "block",
        remedy="Ask the sender",
        failing_rows=failing_rows,
        sample=({"v1": HOSTILE}, {"v1": None}) if failing_rows else (),
        details={"expectations": 1, "failing": {"v1": failing_rows} if failing_rows else {}},
        expected=expected,
        error=error,
    )


class Loads(HTMLParser):
    """What a browser would fetch for a page, and every tag on it."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in ("src", "srcset", "data", "poster", "action") or (
                name == "href" and tag != "a"
            ):
                self.fetched.append(f"{tag} {value}")
            if tag == "a" and name == "href":
                self.links.append(str(value))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "quality"


def test_a_page_fetches_nothing_from_anywhere(folder: Path) -> None:
    write_page(folder, "delivery", ["2022"], [result(failing_rows=3), result("other")])
    for page in folder.glob("*.html"):
        loads = Loads(page)
        assert loads.fetched == []
        assert {"script", "link", "img", "iframe", "object"} & set(loads.tags) == set()
        assert not re.search(r"@import|url\(", page.read_text("utf-8"))


def test_a_page_shows_what_is_broken_and_what_to_do(folder: Path) -> None:
    page = write_page(
        folder, "delivery", ["2022"], [result("kept"), result("broken", 1234)]
    ).read_text("utf-8")
    assert page.index("The promise of broken") < page.index("The promise of kept")
    for shown in ("1,234", "Ask the sender", "NULL", "broken: blocks", "✓ kept"):
        assert shown in page


def test_each_verdict_has_words_of_its_own(folder: Path) -> None:
    results = [
        result("a", 1),
        result("b", 1, severity="warn"),
        result("c", error="no such table"),
        result("d"),
        result("e", expected=()),
    ]
    page = write_page(folder, "delivery", ["2022"], results).read_text("utf-8")
    words = ("broken: blocks", "broken: a warning", "! could not run", "✓ kept", "✓ does not apply")
    assert [page.count(word) for word in words] == [1, 1, 1, 1, 1]
    assert "no such table" in page


def test_what_was_delivered_is_shown_as_text_and_never_run(folder: Path) -> None:
    page = write_page(folder, "delivery", ["2022"], [result(failing_rows=1, error=HOSTILE)])
    assert "<script>" not in page.read_text("utf-8")
    assert page.read_text("utf-8").count("{{ 7 * 7 }}") == 3


def test_a_suite_and_wave_keep_their_last_run_alone(folder: Path) -> None:
    for run in range(5):
        write_page(folder, "delivery", ["2022"], [result(failing_rows=run)])
        write_page(folder, "delivery", ["2024"], [result()])
        write_page(folder, "marts", ["2022", "2024"], [result("shares_add_up")])

    pages = {"delivery_2022", "delivery_2024", "marts"}
    assert {path.name for path in folder.iterdir()} == {
        "index.html",
        *(f"{page}.html" for page in pages),
        *(f"{page}.json" for page in pages),
    }
    index = Loads(folder / "index.html")
    assert {link for link in index.links if "#" not in link} == {f"{page}.html" for page in pages}
    (broken,) = (link for link in index.links if "#" in link)
    page, anchor = broken.split("#")
    assert f'id="{anchor}"' in (folder / page).read_text("utf-8")


def test_pages_are_for_their_owner_alone(folder: Path) -> None:
    write_page(folder, "delivery", ["2022"], [result(failing_rows=1)])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
