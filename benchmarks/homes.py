"""Homes for the benchmarks: waves that the project simulates, loads and models by its own commands.

What belongs here: a home with what a benchmark needs, and no more built than that. What does not: measuring.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from orchestration.settings import DBT, PROJECT, Settings

PROGRAM = Path(sys.executable).with_name("vakwerk")
# Models and seeds only.
NO_TESTS = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")


def settings_of(home: Path, survey: Path | None = None) -> Settings:
    """The settings of a home of the benchmark's own; of the study's survey, if no other is given."""
    return Settings.from_environment(environment_of(home, survey))


def environment_of(home: Path, survey: Path | None = None) -> dict[str, str]:
    """What a command is to find in its environment, to work on such a home."""
    given = {"VAKWERK_TARGET": "ci", "VAKWERK_HOME": str(home)}
    return given | ({"VAKWERK_SURVEY": str(survey)} if survey else {})


def sample(folder: Path) -> Path:
    """A published home of the sample waves, made once in the folder of the whole go."""
    home = folder.parent / "sample"
    if not home.exists():
        command: list[str | Path] = [PROGRAM, "run", PROJECT / "seeds" / "waves"]
        subprocess.run(
            command, env=os.environ | environment_of(home), check=True, stdout=subprocess.DEVNULL
        )
    return home


def grown(folder: Path, times: int) -> Path:
    """The study's survey, of a civil service of so many times the people.

    Waves of more respondents than there are people leave nothing to estimate: no errors, no tests, and quick marts.
    """
    shutil.copytree(PROJECT / "seeds", folder, ignore=shutil.ignore_patterns("waves"))
    for table, column in (("population", "headcount"), ("waves", "invited")):
        file = folder / "codebook" / f"{table}.csv"
        with file.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        with file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, list(rows[0]))
            writer.writeheader()
            writer.writerows(row | {column: str(int(row[column]) * times)} for row in rows)
    return folder


def built(
    home: Path, waves: Mapping[str, int], *select: str, survey: Path | None = None
) -> Settings:
    """A home with simulated waves of so many respondents, loaded, and these models built with all before them, or all.

    Raises CalledProcessError where a command fails.
    """
    settings = settings_of(home, survey)
    for wave, respondents in waves.items():
        file = simulated(home.parent, wave, respondents, "parquet", environment_of(home, survey))
        load_alone(home, file, wave, survey)
        file.unlink()
    selected = ["--select", *(f"+{model}" for model in select)] if select else []
    dbt(settings, "build", *NO_TESTS, *selected)
    return settings


def simulated(
    folder: Path,
    wave: str,
    respondents: int,
    format: str,
    environment: Mapping[str, str] | None = None,
    seed: int = 1,
) -> Path:
    """A wave as its sender would deliver it, as a file in the folder."""
    file = folder / f"wave_{wave}.{format}"
    options = ["--respondents", str(respondents), "--seed", str(seed), "--format", format]
    subprocess.run(
        [PROGRAM, "simulate", "--wave", wave, *options, "--output", file],
        env=os.environ | (environment or {}),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return file


def dbt(settings: Settings, *arguments: str) -> None:
    """Runs dbt on a home. Raises CalledProcessError, with what dbt said, where it fails."""
    done = subprocess.run(
        dbt_command(settings, *arguments),
        env=os.environ | settings.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
        done.check_returncode()


def dbt_command(settings: Settings, *arguments: str) -> list[str | Path]:
    """dbt as the project starts it; it needs the environment of the settings."""
    folders: list[str | Path] = [
        "--project-dir",
        settings.dbt_project,
        "--profiles-dir",
        settings.dbt_project,
    ]
    return [DBT, *arguments, *folders]


def compiled(settings: Settings, model: str) -> str:
    """The SQL of a model as dbt compiles it for all waves of the home."""
    dbt(settings, "compile", "--full-refresh", "--select", model)
    (file,) = (settings.dbt_artifacts / "compiled").rglob(f"{model}.sql")
    return file.read_text(encoding="utf-8")


def load_alone(home: Path, file: Path, wave: str, survey: Path | None = None) -> None:
    """Loads a delivery in a process of its own, whose memory is not this one's."""
    subprocess.run(load_command(home, file, wave, survey), check=True, cwd=PROJECT)


def load_command(home: Path, file: Path, wave: str, survey: Path | None = None) -> list[str | Path]:
    """The command that loads a delivery; to be run in the project's folder."""
    return [sys.executable, "-m", __name__, home, file, wave, *([survey] if survey else [])]


def load_wave(home: Path, file: Path, wave: str, survey: Path | None = None) -> None:
    """What the project does with a delivery: held against the codebook, and loaded."""
    from orchestration.deliveries.door import accept
    from orchestration.deliveries.loading import load
    from orchestration.preparation import make_home

    settings = settings_of(home, survey)
    make_home(settings)
    accept(file, settings, wave)
    load(settings, wave)


if __name__ == "__main__":
    load_wave(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], *map(Path, sys.argv[4:]))
