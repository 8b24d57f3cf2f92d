"""A Superset of the tests' own, as `integrations/superset` starts it, with a browser logged in.

What belongs here: its environment, starting and stopping it, and asking it as its pages do. What
does not: what the charts should show.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import socket
import socketserver
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import APIResponse, Page, Request, Response, sync_playwright

from orchestration.settings import PROJECT

FOLDER = PROJECT / "integrations" / "superset"
PYTHON = FOLDER / ".venv" / "bin" / "python"
# What uv says where no registry answers.
NO_REGISTRY = ("error sending request", "Failed to fetch", "Network", "dns error", "not found in")
SECONDS_TO_START = 400
SECONDS_TO_ANSWER = 120

Query = dict[str, Any]
Row = Mapping[str, Any]


def make_environment() -> None:
    """Superset's environment from its lock, made where it is missing or outdated.

    The test is skipped where no registry answers.
    """
    made = subprocess.run(
        ["make", "-C", FOLDER, f"PYTHON={sys.executable}", "environment"],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode and any(sign in made.stderr for sign in NO_REGISTRY):
        pytest.skip(f"Superset's environment cannot be installed: {made.stderr[-300:]}")
    assert made.returncode == 0, made.stdout + made.stderr


@dataclass
class Outside:
    """A proxy that lets nothing through and remembers what was asked of it."""

    port: int = 0
    asked: list[str] = field(default_factory=list)


@contextmanager
def nothing_outside() -> Iterator[Outside]:
    """A proxy on loopback for programs that would ask somebody else."""
    outside = Outside()

    class Refusing(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            outside.asked.append(self.rfile.readline().decode("latin-1").strip())

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusing) as server:
        outside.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield outside
        server.shutdown()


@contextmanager
def superset_server(home: Path, folder: Path, outside: Outside) -> Iterator[str]:
    """Superset over the publication in `home`, with its own state in `folder`; its address.

    It is gone at the end.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    proxy = f"http://127.0.0.1:{outside.port}"
    environment = os.environ | {
        "VAKWERK_HOME": str(home),
        "VAKWERK_SUPERSET_HOME": str(folder),
        "VAKWERK_SUPERSET_PORT": str(port),
        **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), proxy),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    url = f"http://127.0.0.1:{port}"
    log = folder.with_suffix(".log")
    with log.open("w") as output:
        server = subprocess.Popen(
            [PYTHON, FOLDER / "start.py"], env=environment, stdout=output, stderr=output
        )
        try:
            end = time.monotonic() + SECONDS_TO_START
            while not _answers(f"{url}/health"):
                said = log.read_text(encoding="utf-8")[-3000:]
                assert server.poll() is None, said
                assert time.monotonic() < end, f"Superset has not started:\n{said}"
                time.sleep(0.5)
            yield url
        finally:
            server.terminate()
            server.wait(60)


def _answers(url: str) -> bool:
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


@contextmanager
def browser_page() -> Iterator[Page]:
    """A page of Chromium; the test is skipped where the program is missing."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Debian's package chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox"],
            # Nobody listens there: Chromium itself would ask its makers for updates.
            proxy={"server": "http://127.0.0.1:1", "bypass": "127.0.0.1"},
        )
        page = browser.new_page(viewport={"width": 1500, "height": 1400})
        page.set_default_timeout(SECONDS_TO_ANSWER * 1000)
        yield page
        browser.close()


@dataclass
class Dashboard:
    """The dashboard in a browser that is logged in, and the queries that its charts sent."""

    url: str
    page: Page
    queries: dict[str, Query] = field(default_factory=dict)
    shown: dict[str, list[Row]] = field(default_factory=dict)
    # What its pages asked of others, and no rule of ours held back.
    asked_outside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Watch what the pages ask for."""
        self.page.on("requestfinished", self._watch)
        self.page.on("requestfailed", self._watch)

    def _watch(self, request: Request) -> None:
        is_ours = request.url.startswith((self.url, "data:", "blob:"))
        if not is_ours and request.failure != "csp":
            self.asked_outside.append(request.url)

    def log_in(self, password: str) -> None:
        """Log in by the form, as a person does."""
        self.page.goto(f"{self.url}/login/")
        self.page.wait_for_load_state("networkidle")
        self.page.fill("#username", "admin")
        self.page.fill("#password", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url("**/superset/welcome/")

    def look_at_everything(self, slug: str) -> None:
        """Open the dashboard and each of its tabs, until every chart has its data."""
        charts = self.get(f"/api/v1/dashboard/{slug}/charts")
        names = {chart["id"]: chart["slice_name"] for chart in charts}

        def keep(response: Response) -> None:
            if "/api/v1/chart/data" in response.url and response.request.post_data:
                query = json.loads(response.request.post_data)
                # The filters ask in the same way, and are no chart.
                if name := names.get(query["form_data"].get("slice_id")):
                    self.shown[name] = _rows(response)
                    self.queries[name] = query

        self.page.on("response", keep)
        self.page.goto(f"{self.url}/superset/dashboard/{slug}/")
        tabs = self.page.get_by_role("tab")
        tabs.first.wait_for()
        for tab in tabs.all():
            tab.click()
            self.page.wait_for_load_state("networkidle")
        end = time.monotonic() + SECONDS_TO_ANSWER
        while missing := set(names.values()) - set(self.queries):
            assert time.monotonic() < end, f"No data came for {missing}."
            self.page.wait_for_timeout(200)

    def rows(self, chart: str, **filters: str | None) -> list[Row]:
        """What a chart shows if these native filters are chosen; None takes one away."""
        query = copy.deepcopy(self.queries[chart])
        kept = [given for given in query["queries"][0]["filters"] if given["col"] not in filters]
        chosen = [
            {"col": column, "op": "IN", "val": [value]}
            for column, value in filters.items()
            if value
        ]
        query["queries"][0]["filters"] = kept + chosen
        return _rows(self.post("/api/v1/chart/data", query))

    def get(self, path: str) -> Any:
        """The result of a request to Superset's interface."""
        answer = self.page.request.get(self.url + path)
        assert answer.ok, answer.text()
        return answer.json()["result"]

    def post(self, path: str, data: Any, method: str = "POST") -> APIResponse:
        """The answer to what is sent to Superset's interface, whatever it is."""
        token = self.get("/api/v1/security/csrf_token/")
        headers = {"X-CSRFToken": token, "Referer": self.url}
        return self.page.request.fetch(self.url + path, method=method, data=data, headers=headers)


def _rows(answer: APIResponse | Response) -> list[Row]:
    assert answer.ok, answer.text()
    (result,) = answer.json()["result"]
    assert result["error"] is None
    rows: list[Row] = result["data"]
    return rows
