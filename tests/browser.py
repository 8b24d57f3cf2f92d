"""A browser for tests: Debian's Chromium, which may read files and nothing else.

What belongs here: starting it, and what it is asked of a page. What does not: what a page should say.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# Style sheets are not fetched a second time, which no page of a file may do.
AXE = {"resultTypes": ["violations"], "preload": False}

# All tables of a page, also of panels that wait in templates: kind, key of each row, texts of its cells.
TABLES = """
() => {
  const found = [];
  const read = (root) => {
    for (const table of root.querySelectorAll("table[data-figures], dl[data-figures]")) {
      const rows = [];
      if (table.matches("dl"))
        for (const cell of table.querySelectorAll("dd[data-key]"))
          rows.push({ key: cell.dataset.key, cells: [cell.textContent.trim()] });
      else
        for (const row of table.querySelectorAll("tr[data-key]"))
          rows.push({
            key: row.dataset.key,
            cells: [...row.querySelectorAll("td")].filter((cell) => !cell.matches(".dot"))
              .map((cell) => cell.textContent.trim()),
            columns: [...row.querySelectorAll("td")].map((cell) => cell.dataset.column ?? ""),
            hidden: [...row.querySelectorAll("td.gone")].length,
          });
      found.push({ ...table.dataset, rows });
    }
    for (const template of root.querySelectorAll("template")) read(template.content);
  };
  read(document);
  return found;
}
"""


@dataclass
class Watched:
    """A page of the browser, and what went wrong or was asked of elsewhere while it was open."""

    page: Page
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    files: set[Path] = field(default_factory=set)

    def open(self, path: Path, choice: str = "") -> Page:
        """Load a file, not from what it was before."""
        self.page.goto("about:blank")
        self.page.goto(path.as_uri() + choice)
        return self.page

    def violations(self, *, opened: bool) -> list[str]:
        """What axe has against the page as it is shown, or with every disclosure opened."""
        from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

        opening = "document.querySelectorAll('details').forEach((one) => one.open ||= %s)"
        self.page.evaluate(opening % str(opened).lower())
        return [
            f"{found['id']}: {found['nodes'][0]['html'][:200]}"
            for found in Axe().run(self.page, options=AXE).response["violations"]
        ]

    def tables(self) -> list[dict[str, Any]]:
        """The tables of the page with their figures."""
        found: list[dict[str, Any]] = self.page.evaluate(TABLES)
        return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser; the test is skipped where it is missing."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is missing: install Debian's package chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=list(ARGUMENTS), timeout=120_000
        )
        try:
            yield browser
        finally:
            browser.close()


def watched(browser: Browser, **options: Any) -> Watched:
    """A new page that is refused whatever is not a file."""
    page = browser.new_page(**options)
    page.set_default_timeout(120_000)
    watch = Watched(page)

    def answer(route: Route) -> None:
        url = route.request.url
        if url.startswith("file:"):
            watch.files.add(Path(url.removeprefix("file://").partition("#")[0]))
            route.continue_()
        elif url.startswith("data:"):
            route.continue_()
        else:
            watch.outside.append(url)
            route.abort()

    page.route("**/*", answer)
    page.on(
        "console", lambda said: watch.errors.append(said.text) if said.type == "error" else None
    )
    page.on("pageerror", lambda error: watch.errors.append(str(error)))
    return watch


@contextmanager
def shown(browser: Browser, path: Path, width: int = 1280) -> Iterator[Watched]:
    """A file as the browser shows it at this width, until it is closed again."""
    watch = watched(browser, viewport={"width": width, "height": 900})
    try:
        watch.open(path)
        yield watch
    finally:
        watch.page.close()
