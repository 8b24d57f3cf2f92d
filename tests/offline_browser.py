"""Chromium without a network, looking at pages as files: what it asks for, and what axe objects to.

What belongs here: the browser. What does not: what a page ought to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
WITHIN = ("file:", "data:", "blob:", "about:")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; the test is skipped where it is not installed."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: Debian's package `chromium`.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def shown(browser: Browser, page: Path, width: int = 1280) -> Iterator[tuple[Page, list[str]]]:
    """The page as it is shown at this width, and what it asks for outside of files, as it does."""
    tab = browser.new_page(viewport={"width": width, "height": 900})
    outside: list[str] = []
    tab.on("request", lambda request: _note(request.url, outside))
    # Nothing gets out while the test runs, whatever the page asks for.
    tab.route(lambda url: not url.startswith(WITHIN), lambda route: route.abort())
    try:
        tab.goto(page.as_uri())
        yield tab, outside
    finally:
        tab.close()


def objections(tab: Page) -> list[str]:
    """What axe finds wrong with the page as it is shown."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    return [
        f"{found['id']}: {node['html'][:200]}"
        for found in Axe().run(tab).response["violations"]
        for node in found["nodes"]
    ]


def _note(url: str, outside: list[str]) -> None:
    if not url.startswith(WITHIN):
        outside.append(url)
