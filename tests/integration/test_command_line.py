"""What the command line promises to whoever types, to whoever pipes it, and to the shell."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from orchestration.deliveries.door import accept
from orchestration.deliveries.loading import load
from orchestration.settings import PROJECT, Settings
from orchestration.situation import situation
from tests.acceptance.conftest import VAKWERK
from tests.builders import good_table, settings_for, write_delivery

Done = subprocess.CompletedProcess[str]
Vakwerk = Callable[..., Done]

WIDTH = 80
SCREEN = 26
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
FOREGROUND = re.compile(r"\x1b\[(?:[0-9;]*;)?(?:3[0-7]|9[0-7]|38;)[0-9;]*m")
# What takes long to import, and a person who asks for help does not need.
HEAVY = {"duckdb", "pandas", "numpy", "pyarrow", "pydantic", "dagster", "dbt", "great_expectations"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A small survey, and a home where nothing came yet."""
    return settings_for(tmp_path)


@pytest.fixture
def vakwerk(settings: Settings) -> Vakwerk:
    """The command line pointed at them, as a program whose output is piped."""

    def run(*arguments: str | Path, **variables: str) -> Done:
        return subprocess.run(
            [VAKWERK, *arguments],
            env=surroundings(settings) | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def surroundings(settings: Settings) -> dict[str, str]:
    """The environment of a person who has asked for nothing special."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("NO_COLOR", "FORCE_COLOR", "TERM", "GITHUB_ACTIONS")
    }
    home, survey = str(settings.home), str(settings.survey)
    return kept | {"VAKWERK_HOME": home, "VAKWERK_SURVEY": survey, "COLUMNS": str(WIDTH)}


def on_a_terminal(settings: Settings, *arguments: str | Path, **variables: str) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    environment = surroundings(settings) | {"TERM": "xterm-256color"} | variables
    with subprocess.Popen([VAKWERK, *arguments], env=environment, stdout=theirs, stderr=theirs):
        os.close(theirs)
        written = b""
        try:
            while part := os.read(ours, 65536):
                written += part
        except OSError:
            # The other end is closed: that is how a terminal of Linux says so.
            pass
    os.close(ours)
    return written.decode()


def bad_delivery(path: Path) -> Path:
    """A file of the survey with many problems: codes that none of its questions has."""
    table = good_table(rows=40)
    for number, name in enumerate(list(table)[1:]):
        table[name][number % 40] = "no such code"
    for number in range(40):
        table[f"unknown_{number}"] = ["x"] * 40
    return write_delivery(path, table)


def test_help_imports_nothing_that_takes_long(settings: Settings) -> None:
    python = VAKWERK.with_name("python")
    code = (
        "import sys; from orchestration.cli import app; app(['--help'], standalone_mode=False);"
        "print('imported', *sys.modules)"
    )
    done = subprocess.run(
        [python, "-c", code], env=surroundings(settings), capture_output=True, text=True, check=True
    )
    helped, _, imported = done.stdout.partition("imported ")
    assert "Take in what was delivered" in helped
    assert not HEAVY & {name.split(".")[0] for name in imported.split()}


def test_the_version_is_that_of_the_package(vakwerk: Vakwerk) -> None:
    assert vakwerk("--version").stdout == f"vakwerk {version('vakwerk')}\n"


def test_without_a_command_it_says_where_things_are_and_what_comes_next(
    vakwerk: Vakwerk, settings: Settings
) -> None:
    done = vakwerk()
    assert done.returncode == 0
    for line in (f"in {settings.home}", "loaded     nothing", "published  nothing"):
        assert line in done.stdout
    assert "Next: vakwerk check FILE\n" in done.stdout


def test_the_next_step_follows_what_is_left_to_do(settings: Settings) -> None:
    def following() -> str:
        return situation(settings).next.command

    samples = settings.survey / "waves"
    write_delivery(samples / "wave_2022.csv", good_table(rows=40))
    assert following() == f"vakwerk run {samples}"
    shutil.rmtree(samples)
    settings.landing.mkdir(parents=True)
    landed = write_delivery(settings.landing / "wave_2022.csv", good_table(rows=40))
    assert following() == "vakwerk run"
    assert situation(settings).landing[0].file == landed.name
    accept(landed, settings)
    landed.unlink(missing_ok=True)
    assert [wave.waiting for wave in situation(settings).waves].count("wave_2022.csv") == 1
    assert following() == "vakwerk run"
    load(settings, "2022")
    assert (following(), situation(settings).reason_to_run) == (
        "vakwerk run",
        "nothing is published yet",
    )
    settings.warehouse.unlink()
    assert following() == "vakwerk rebuild"


def test_every_answer_for_machines_is_json_and_nothing_else(
    vakwerk: Vakwerk, settings: Settings, tmp_path: Path
) -> None:
    good = write_delivery(tmp_path / "wave_2022.csv", good_table(rows=40))
    checked = vakwerk("check", good, "--json")
    assert (checked.returncode, json.loads(checked.stdout)["is_refused"]) == (0, False)
    assert Path(json.loads(checked.stdout)["folder"], "report.html").is_file()
    accept(good, settings)
    load(settings, "2022")
    status = json.loads(vakwerk("status", "--json").stdout)
    assert status["waves"][0]["loaded"]["row_count"] == 40
    assert status["next"]["command"] == "vakwerk run"
    history = json.loads(vakwerk("history", "--json").stdout)
    assert [each["revision"] for each in history["revisions"]] == [1]
    compared = json.loads(vakwerk("compare-waves", "2022", "2024", "--json").stdout)
    assert (compared["before"], compared["after"]) == ("2022", "2024")


def test_a_run_tells_machines_what_was_refused_without_a_value_of_anybody(
    vakwerk: Vakwerk, tmp_path: Path
) -> None:
    done = vakwerk("run", bad_delivery(tmp_path / "wave_2022.csv"), "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 2
    (refused,) = told["refused"]
    assert (refused["wave_id"], refused["file_name"]) == ("2022", "wave_2022.csv")
    assert {"kind", "severity", "column", "count"} == refused["problems"][0].keys()
    assert (told["loaded"], told["held"], told["published"]) == ([], [], None)
    assert "no such code" not in done.stdout


@pytest.mark.parametrize("command", [["history"], ["restore"], ["release"], ["check", "--wave"]])
def test_the_shell_completes_waves(vakwerk: Vakwerk, command: list[str]) -> None:
    words = f"vakwerk {' '.join(command)} 202"
    done = vakwerk(
        _VAKWERK_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=str(len(command) + 1)
    )
    assert done.stdout.split() == ["2022", "2024"]
    assert done.stderr == ""


def test_completion_without_a_survey_offers_nothing_and_says_nothing(vakwerk: Vakwerk) -> None:
    done = vakwerk(
        _VAKWERK_COMPLETE="complete_bash",
        COMP_WORDS="vakwerk history ",
        COMP_CWORD="2",
        VAKWERK_SURVEY="/nowhere",
    )
    assert (done.stdout.strip(), done.stderr) == ("", "")


@pytest.mark.parametrize("command", ["check", "run"])
def test_what_is_wrong_with_a_file_fits_a_screen_and_says_where_the_whole_is(
    vakwerk: Vakwerk, settings: Settings, tmp_path: Path, command: str
) -> None:
    done = vakwerk(command, bad_delivery(tmp_path / "wave_2022.csv"))
    said = done.stdout + done.stderr
    assert done.returncode == 2
    assert len(said.splitlines()) <= SCREEN
    assert re.search(r"… and \d+ more", said)
    (page,) = settings.home.rglob("report.html")
    assert str(page.parent) in said


def test_a_long_error_is_cut_and_kept_whole(vakwerk: Vakwerk, settings: Settings) -> None:
    versions = settings.codebook / "waves.csv"
    header = versions.read_text(encoding="utf-8").splitlines()[0]
    rows = [f"{year},wave,wave,,,,,false,*{year}*,made up" for year in range(1000, 3000)]
    versions.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    settings.home.mkdir(parents=True, exist_ok=True)
    done = vakwerk("compare-waves", "nothing", "1000")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) <= SCREEN
    assert "Traceback" not in done.stderr
    kept = settings.home / "last_error.txt"
    assert str(kept) in done.stderr
    assert "2999" in kept.read_text(encoding="utf-8")
    assert "2999" not in done.stderr


def test_a_known_error_is_a_line_without_a_trace(vakwerk: Vakwerk) -> None:
    done = vakwerk("status", VAKWERK_TARGET="elsewhere")
    assert done.returncode == 1
    assert done.stderr == "VAKWERK_TARGET is 'elsewhere'; the targets are dev, ci, prod.\n"


def test_colours_are_for_terminals_that_want_them(
    vakwerk: Vakwerk, settings: Settings, tmp_path: Path
) -> None:
    delivery = bad_delivery(tmp_path / "wave_2022.csv")
    piped = vakwerk("check", delivery, TERM="xterm-256color")
    assert "\x1b" not in piped.stdout + piped.stderr
    assert "\x1b" not in vakwerk("run", delivery, TERM="xterm-256color").stderr
    assert "\x1b" not in vakwerk("--help", TERM="xterm-256color").stdout
    assert FOREGROUND.search(on_a_terminal(settings, "check", delivery))
    assert not FOREGROUND.search(on_a_terminal(settings, "check", delivery, NO_COLOR="1"))
    assert "\x1b" not in on_a_terminal(settings, "check", delivery, TERM="dumb")


@pytest.mark.parametrize("arguments", [[], ["status"], ["compare-waves", "2022", "2024"]])
def test_no_line_is_wider_than_a_terminal_of_80_columns(
    settings: Settings, arguments: list[str]
) -> None:
    written = COLOUR.sub("", on_a_terminal(settings, *arguments))
    lines = [line for line in written.splitlines() if str(settings.home) not in line]
    assert lines
    assert max(map(len, lines)) <= WIDTH


def test_long_work_on_a_terminal_moves_and_tells_the_time_left(
    settings: Settings, tmp_path: Path
) -> None:
    arguments: list[str | Path] = [
        "simulate",
        "--wave",
        "2022",
        "--respondents",
        "100000",
        "--output",
        tmp_path,
    ]
    study = {"VAKWERK_SURVEY": str(PROJECT / "seeds")}
    told = on_a_terminal(settings, *arguments, **study)
    assert re.search(r"making up wave 2022; about \d+ s left", told)
    plain = on_a_terminal(settings, *arguments, TERM="dumb", **study)
    assert "left" not in plain
    assert "\x1b" not in plain
