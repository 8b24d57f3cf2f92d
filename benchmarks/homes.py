"""Homes for the benchmarks: waves that the project simulates, loads and models by its own commands.

What belongs here: a home with what a benchmark needs, and no more built than that. What does not: measuring.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from orchestration.settings import DBT, Settings

# Models and seeds only.
NO_TESTS = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")


def settings_of(home: Path, survey: Path | None = None) -> Settings:
    """The settings of a home of the benchmark's own; of the study's survey unless another is given."""
    given = {"VAKWERK_TARGET": "ci", "VAKWERK_HOME": str(home)}
    return Settings.from_environment(given | ({"VAKWERK_SURVEY": str(survey)} if survey else {}))


def built(home: Path, waves: Mapping[str, int], *select: str) -> Settings:
    """A home with simulated waves of so many respondents, loaded, and these models and all before them built.

    Raises CalledProcessError where a command fails.
    """
    settings = settings_of(home)
    for wave, respondents in waves.items():
        file = simulated(home.parent, wave, respondents, "parquet")
        # In a process of its own: what it held would count as this one's.
        subprocess.run(
            [sys.executable, "-m", "benchmarks.homes", str(home), str(file), wave], check=True
        )
        file.unlink()
    dbt(settings, "build", *NO_TESTS, "--select", *(f"+{model}" for model in select))
    return settings


def simulated(folder: Path, wave: str, respondents: int, format: str) -> Path:
    """A wave as its sender would deliver it, as a file in the folder."""
    file = folder / f"wave_{wave}.{format}"
    command = [
        Path(sys.executable).with_name("vakwerk"),
        "simulate",
        "--wave",
        wave,
        "--format",
        format,
    ]
    given = ["--respondents", str(respondents), "--output", file]
    subprocess.run([*command, *given], check=True, stdout=subprocess.DEVNULL)
    return file


def dbt(settings: Settings, *arguments: str) -> None:
    """Runs dbt on a home, as the project does. Raises CalledProcessError, with what dbt said, where it fails."""
    folders = ["--project-dir", settings.dbt_project, "--profiles-dir", settings.dbt_project]
    done = subprocess.run(
        [DBT, *arguments, *folders],
        env=os.environ | settings.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
        done.check_returncode()


def compiled(settings: Settings, model: str) -> str:
    """The SQL of a model as dbt compiles it for all waves of the home."""
    dbt(settings, "compile", "--full-refresh", "--select", model)
    (file,) = (settings.dbt_artifacts / "compiled").rglob(f"{model}.sql")
    return file.read_text(encoding="utf-8")


def load_wave(home: Path, file: Path, wave: str) -> None:
    """What the project does with a delivery: held against the codebook, and loaded."""
    from orchestration.deliveries.door import accept
    from orchestration.deliveries.loading import load
    from orchestration.preparation import make_home

    settings = settings_of(home)
    make_home(settings)
    accept(file, settings, wave)
    load(settings, wave)


if __name__ == "__main__":
    load_wave(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
