"""What `vakwerk check` promises: all that a delivery would meet, told and written, and nothing changed."""

from __future__ import annotations

import json
import re
import stat
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.deliveries import warehouse
from orchestration.deliveries.door import accept
from orchestration.deliveries.loading import load
from orchestration.deliveries.report import Cell, Kind, Problem, Report, ValueCount
from orchestration.deliveries.report_html import as_html
from orchestration.deliveries.report_terminal import as_renderable, changes_as_renderable, in_brief
from orchestration.settings import Settings
from tests.builders import ROLE, good_table, settings_for, write_delivery
from tests.standing import tables

HOSTILE = "<script>alert(1)</script>[red]{{ 7*7 }}\x1b[31m\r\n9. all is well\u202e"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = settings_for(tmp_path)
    monkeypatch.setenv("VAKWERK_HOME", str(settings.home))
    monkeypatch.setenv("VAKWERK_SURVEY", str(settings.survey))
    return settings


def check(*arguments: Path | str) -> tuple[int, str]:
    """The exit code of `vakwerk check`, and what it printed."""
    result = CliRunner().invoke(app, ["check", *map(str, arguments)], env={"COLUMNS": "80"})
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result.exit_code, result.output


def written(folder: Path) -> tuple[dict[str, object], str]:
    """The reports in a folder: the one for machines, and the page."""
    assert sorted(path.name for path in folder.iterdir()) == ["report.html", "report.json"]
    return json.loads((folder / "report.json").read_text("utf-8")), (
        folder / "report.html"
    ).read_text("utf-8")


def warned(path: Path) -> Path:
    """A good file but for the end of its last line, which is a warning."""
    write_delivery(path, good_table(rows=40))
    path.write_bytes(path.read_bytes().removesuffix(b"\n"))
    return path


def test_a_good_delivery_ends_with_0_and_has_its_reports(
    settings: Settings, tmp_path: Path
) -> None:
    code, output = check(write_delivery(tmp_path / "wave_2022.csv", good_table(rows=40)))
    folder = settings.checked / "wave_2022.csv"
    report, page = written(folder)
    assert (code, report["is_refused"], report["problems"]) == (0, False, []), output
    assert str(folder / "report.html") in output
    assert "Nothing of the wave is loaded yet." in output
    assert "✓ accepted" in page
    paths = [folder, *folder.iterdir()]
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o700, 0o600, 0o600]


def test_a_warning_ends_with_1(settings: Settings, tmp_path: Path) -> None:
    code, output = check(warned(tmp_path / "wave_2022.csv"))
    assert code == 1
    assert "accepted with warnings" in output
    assert "▲ a warning" in written(settings.checked / "wave_2022.csv")[1]


def test_a_refusal_ends_with_2_and_tells_every_problem_with_its_rows(
    settings: Settings, tmp_path: Path
) -> None:
    table = good_table(rows=40)
    table["v1"][2] = table["v1"][7] = "9"
    table[ROLE][3] = "baas"
    code, output = check(write_delivery(tmp_path / "wave_2022.csv", table))
    report, page = written(settings.checked / "wave_2022.csv")
    assert code == 2
    problems = report["problems"]
    assert isinstance(problems, list)
    assert [problem["kind"] for problem in problems] == ["unknown_group", "outside_scale"]
    for text in ("outside scale", "refuse", "column 'v1'", "4: '9', 9: '9'", "to do"):
        assert text in output
    assert all(len(line) <= 80 for line in output.splitlines() if str(tmp_path) not in line)
    assert re.search(r"<td class=\"number\">9</td><td><code>&#39;9&#39;</code></td>", page)


@pytest.mark.usefixtures("settings")
def test_a_delivery_that_is_implausible_is_told_so_before_it_is_delivered(tmp_path: Path) -> None:
    table = good_table(rows=40)
    table["v3"] = [None] * 40
    code, output = check(write_delivery(tmp_path / "wave_2022.csv", table))
    assert code in (1, 2)
    assert "implausible" in output


def test_what_would_change_in_what_is_loaded_is_told(settings: Settings, tmp_path: Path) -> None:
    table = good_table(rows=40)
    accept(write_delivery(tmp_path / "wave_2022.csv", table), settings)
    load(settings, "2022")
    table["v1"][0] = "2"
    corrected = {name: values[:-1] for name, values in table.items()}
    _, output = check(write_delivery(tmp_path / "corrected_2022.csv", corrected))
    report, page = written(settings.checked / "corrected_2022.csv")
    lines = (
        "Against what is loaded: 0 rows in, 1 out, 1 altered.",
        "Altered cells by column: v1 1.",
    )
    for line in lines:
        assert line in output
        assert line in page
    changes = report["changes"]
    assert isinstance(changes, dict)
    assert (changes["rows_out"], changes["rows_altered"], changes["cells_altered"]) == (
        1,
        1,
        {"v1": 1},
    )
    check(write_delivery(tmp_path / "again_2022.csv", good_table(rows=40)))
    assert "nothing would change" in written(settings.checked / "again_2022.csv")[1]


def test_a_dry_run_changes_nothing_but_its_reports(settings: Settings, tmp_path: Path) -> None:
    accept(write_delivery(tmp_path / "wave_2022.csv", good_table(rows=40)), settings)
    load(settings, "2022")
    before = tables(settings.warehouse)
    bad = write_delivery(settings.landing / "bad_2022.csv", {"x": ["1"]})
    assert check(bad)[0] == 2
    assert bad.exists()
    assert tables(settings.warehouse) == before
    assert not settings.rejected.exists()
    assert [path.name for path in settings.accepted.iterdir()] == [".lock"]


def test_the_reports_go_where_they_are_asked_to(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "for the sender"
    check(
        write_delivery(tmp_path / "levering.csv", good_table(rows=40)),
        "--wave",
        "2022",
        "--report",
        folder,
    )
    assert written(folder)[0]["wave_id"] == "2022"
    assert not settings.checked.exists()


@pytest.mark.usefixtures("settings")
def test_a_folder_with_its_manifest_can_be_checked(tmp_path: Path) -> None:
    folder = tmp_path / "sent"
    write_delivery(folder / "levering.csv", good_table(rows=40))
    (folder / "delivery.yml").write_text("wave: 2022\nfiles: [{name: levering.csv, rows: 41}]\n")
    code, output = check(folder)
    assert code == 2
    assert "The manifest declares 41 rows" in output


def test_a_busy_warehouse_does_not_keep_the_report_away(settings: Settings, tmp_path: Path) -> None:
    accept(write_delivery(tmp_path / "wave_2022.csv", good_table(rows=40)), settings)
    load(settings, "2022")
    with warehouse.connected(settings):
        code, output = check(write_delivery(tmp_path / "other_2022.csv", good_table(rows=41)))
    assert code == 0
    assert "What would change in what is loaded is not known" in output


def hostile_report() -> Report:
    return Report(
        f"x{HOSTILE}.csv",
        "2022",
        "abc",
        problems=(
            Problem(
                Kind.UNKNOWN_COLUMN,
                f"Odd: {HOSTILE}.",
                f"Ask {HOSTILE}.",
                column=HOSTILE,
                first_rows=(Cell(2, HOSTILE),),
                values=(ValueCount(HOSTILE, 3),),
                distinct_values=1,
            ),
        ),
        stated={"sheet": HOSTILE},
    )


@pytest.mark.parametrize("width", [80, 200])
def test_nothing_from_a_file_moves_the_terminal_or_is_markup(width: int) -> None:
    console = Console(width=width, force_terminal=True, color_system=None, record=True)
    with console.capture() as capture:
        console.print(as_renderable(hostile_report()), changes_as_renderable([HOSTILE]))
        console.print(in_brief(hostile_report(), 10))
    shown = capture.get()
    assert "\x1b" not in shown
    assert "\r" not in shown
    assert "\u202e" not in shown
    assert "[red]" in shown
    assert not re.search(r"^\W*9\. all is well", shown, re.MULTILINE)
    assert all(len(line) <= width for line in shown.splitlines())


def test_a_terminal_without_colour_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    console = Console(width=80, force_terminal=True)
    with console.capture() as capture:
        console.print(as_renderable(hostile_report()))
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", capture.get()), "bold may stay"


class Seen(HTMLParser):
    """The tags of a page, and every address in it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "srcset")]


def test_the_page_is_whole_by_itself_and_runs_nothing_from_a_file() -> None:
    page = as_html(hostile_report(), [HOSTILE])
    seen = Seen()
    seen.feed(page)
    assert not seen.tags & {"script", "link", "img", "iframe"}
    assert seen.addresses == []
    assert "url(" not in page
    assert "@import" not in page
    assert "&lt;script&gt;" in page
    assert "49" not in page, "no template from a file is run"
    assert "\x1b" not in page
