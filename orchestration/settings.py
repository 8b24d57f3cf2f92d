"""Settings: where things are on this machine, read from the environment when asked, never at import.

What belongs here: paths, the target, and the environment that dbt is given. What does not: anything
about a survey or a wave, which is a row in the survey's codebook.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.codebook import Codebook
from orchestration.errors import VakwerkError
from orchestration.secret_settings import is_set

PROJECT = Path(__file__).resolve().parent.parent

# The environment need not be activated, so its programs are named by path.
DBT = Path(sys.executable).with_name("dbt")

# Where Dagster's pages are, on this machine only.
UI_PORT = 3000

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
PUBLIC_FOLDER = 0o755
PUBLIC_FILE = 0o644


class SettingsError(VakwerkError):
    """The environment asks for something that does not exist; the message says what may be asked."""


@dataclass(frozen=True)
class Target:
    """A place to run: targets differ by paths and threads, and in nothing else."""

    home: Path | None
    threads: int


TARGETS: Mapping[str, Target] = {
    "dev": Target(home=PROJECT / "data", threads=2),
    "ci": Target(home=PROJECT / "data" / "ci", threads=2),
    # Production names its own folder: writing into a checkout by accident would lose it.
    "prod": Target(home=None, threads=os.cpu_count() or 2),
}

# What reads all respondents: DuckDB, or Spark where one machine is not enough.
ENGINES = ("duckdb", "spark")


@dataclass(frozen=True)
class Settings:
    """The paths of one warehouse: `home` holds its state, `survey` its definition."""

    target: str
    home: Path
    survey: Path
    threads: int
    key_file: Path
    is_mirrored: bool = False
    sensor_seconds: int = 30
    settled_seconds: int = 10
    engine: str = "duckdb"
    spark_master: str = "local[2]"
    # Where the warehouse, and what waits for it, lie instead while it is made again.
    building: Path | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Settings from `VAKWERK_TARGET`, `VAKWERK_HOME`, `VAKWERK_SURVEY` and `VAKWERK_KEY_FILE`;
        how often the landing folder is looked at, and for how many seconds a file in it must not
        have changed, from `VAKWERK_SENSOR_SECONDS` and `VAKWERK_SETTLED_SECONDS`; what reads all
        respondents, from `VAKWERK_ENGINE` and `VAKWERK_SPARK_MASTER`; and whether
        `VAKWERK_POSTGRES_URL` names a mirror, whose address is a secret and not kept here.

        Raises SettingsError for an unknown target or engine, a target without a home, a path that cannot be
        handed to dbt, a survey folder without a codebook, or seconds that are no whole number.
        """
        name = environment.get("VAKWERK_TARGET") or "dev"
        if name not in TARGETS:
            raise SettingsError(
                f"VAKWERK_TARGET is {name!r}; the targets are {', '.join(TARGETS)}."
            )
        target = TARGETS[name]
        given = environment.get("VAKWERK_HOME")
        home = Path(given).resolve() if given else target.home
        if home is None:
            raise SettingsError(
                f"Target {name!r} has no folder of its own: set VAKWERK_HOME to the folder that is to hold the warehouse."
            )
        survey = Path(environment.get("VAKWERK_SURVEY") or PROJECT / "seeds").resolve()
        # dbt writes the path of a seed into SQL as it is.
        if "'" in str(survey) or not f"{home}{survey}".isprintable():
            raise SettingsError(
                f"VAKWERK_HOME is {str(home)!r} and VAKWERK_SURVEY {str(survey)!r}: name folders "
                "without line breaks in their paths, and a survey without an apostrophe."
            )
        if not (survey / "codebook" / "survey.csv").is_file():
            raise SettingsError(
                f"VAKWERK_SURVEY is {survey}, which has no codebook/survey.csv: "
                "name a folder of the same shape as seeds/."
            )
        engine = environment.get("VAKWERK_ENGINE") or cls.engine
        if engine not in ENGINES:
            raise SettingsError(
                f"VAKWERK_ENGINE is {engine!r}; the engines are {', '.join(ENGINES)}."
            )
        key_file = environment.get("VAKWERK_KEY_FILE")
        return cls(
            target=name,
            home=home,
            survey=survey,
            threads=target.threads,
            key_file=Path(key_file).resolve() if key_file else home / "secrets" / "respondent.key",
            is_mirrored=is_set("VAKWERK_POSTGRES_URL", environment),
            sensor_seconds=_seconds(environment, "VAKWERK_SENSOR_SECONDS", cls.sensor_seconds),
            settled_seconds=_seconds(environment, "VAKWERK_SETTLED_SECONDS", cls.settled_seconds),
            engine=engine,
            spark_master=environment.get("VAKWERK_SPARK_MASTER") or cls.spark_master,
        )

    @property
    def codebook(self) -> Path:
        """The survey's definition: one CSV a table."""
        return self.survey / "codebook"

    @property
    def landing(self) -> Path:
        """Where deliveries are dropped."""
        return self.home / "landing"

    @property
    def accepted(self) -> Path:
        """Deliveries that passed the door and wait to be loaded, as text tables."""
        return (self.building or self.home) / "accepted"

    @property
    def archive(self) -> Path:
        """Every loaded delivery as it came, named by its sha256."""
        return self.home / "archive"

    @property
    def erasures(self) -> Path:
        """Tombstones of forgotten respondents, and the certificates of their erasure."""
        return self.home / "erasures"

    @property
    def checked(self) -> Path:
        """The reports of dry runs, each in a folder of its own."""
        return self.home / "checked"

    @property
    def rejected(self) -> Path:
        """Refused deliveries, each with its report."""
        return self.home / "rejected"

    @property
    def warehouse(self) -> Path:
        """The build database: microdata, readable by its owner only."""
        return (self.building or self.home) / "warehouse.duckdb"

    @property
    def spark(self) -> Path:
        """What Spark reads and counts: microdata as Parquet."""
        return self.home / "spark"

    @property
    def counted(self) -> Path:
        """What Spark counted last, a folder a table in it."""
        return self.spark / "counted"

    @property
    def published(self) -> Path:
        """What readers see."""
        return self.home / "published"

    @property
    def documentation(self) -> Path:
        """Pages for people about what is published; without a respondent's answer or id."""
        return self.home / "docs"

    @property
    def quality(self) -> Path:
        """Great Expectations' project and its Data Docs."""
        return self.home / "quality"

    @property
    def dagster_home(self) -> Path:
        """Dagster's instance: run history and schedules."""
        return self.home / "dagster"

    @property
    def dbt_artifacts(self) -> Path:
        """dbt's manifest, run results and logs.

        dbt writes what it ran of each seed to `run/<project>/<path of the seed from the project>`
        in here: for each step up in that path one folder down, or it would land outside.
        """
        steps_up = Path(self._codebook_from_dbt).parts.count("..")
        return self.home.joinpath("dbt", *["up"] * max(0, steps_up - 2))

    @property
    def built(self) -> Path:
        """What is kept of the last good build: dbt's manifest and results, and what it was made of."""
        return self.home / "dbt" / "built"

    @property
    def _codebook_from_dbt(self) -> str:
        # Relative in any case: of a seed with an absolute path, dbt writes over the file itself.
        return os.path.relpath(self.codebook, self.dbt_project)

    @property
    def dbt_project(self) -> Path:
        """The dbt project itself."""
        return PROJECT / "dbt_project"

    @property
    def environment(self) -> dict[str, str]:
        """What dbt and Dagster are to find in the environment of their process."""
        return {
            "VAKWERK_TARGET": self.target,
            "VAKWERK_HOME": str(self.home),
            "VAKWERK_WAREHOUSE": str(self.warehouse),
            "VAKWERK_SURVEY": str(self.survey),
            "VAKWERK_SURVEY_ID": Codebook(self.codebook).survey["survey_id"],
            "VAKWERK_THREADS": str(self.threads),
            "VAKWERK_KEY_FILE": str(self.key_file),
            "VAKWERK_SENSOR_SECONDS": str(self.sensor_seconds),
            "VAKWERK_SETTLED_SECONDS": str(self.settled_seconds),
            "VAKWERK_ENGINE": self.engine,
            "VAKWERK_SPARK_MASTER": self.spark_master,
            # Where dbt finds what it is not to count itself; of no use to an engine that counts.
            "VAKWERK_COUNTED": str(self.counted) if self.engine == "spark" else "",
            "DAGSTER_HOME": str(self.dagster_home),
            "VAKWERK_CODEBOOK": self._codebook_from_dbt,
            "DBT_TARGET_PATH": str(self.dbt_artifacts),
            "DBT_LOG_PATH": str(self.dbt_artifacts),
            "DBT_LOG_LEVEL_FILE": "info",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DBT_VERSION_CHECK": "false",
            # Matrices are small and dbt has threads of its own: those of linear algebra would only wait.
            "OPENBLAS_NUM_THREADS": "1",
            "DAGSTER_DISABLE_TELEMETRY": "true",
            "GX_ANALYTICS_ENABLED": "false",
        }


def _seconds(environment: Mapping[str, str], name: str, otherwise: int) -> int:
    given = environment.get(name) or str(otherwise)
    if not given.isascii() or not given.isdecimal() or int(given) < 1:
        raise SettingsError(f"{name} is {given!r}: give a whole number of seconds, 1 or more.")
    return int(given)
