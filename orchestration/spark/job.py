"""The process on Spark: a session whose catalog is filled from folders, and dbt in it.

What belongs here: all that knows pyspark. What does not: making those folders, which `counting` does.
The catalog lives in memory and is filled anew each time, so there is no metastore that could be
locked, or tell of other files than there are.
"""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.settings import Settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOGGING = Path(__file__).with_name("log4j2.properties")


def main(inputs: Path, counting: Path, models: list[str]) -> int:
    """Run these models on Spark, on `inputs` and what was counted before; gives dbt's exit code."""
    # What pyspark says of pandas, which is not used here.
    warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
    settings = Settings.from_environment()
    session = open_session(settings, counting)
    register(session, inputs, pattern="*/*")
    register(session, counting, pattern="*.db/*")
    from dbt.cli.main import dbtRunner

    artifacts = str(settings.dbt_artifacts / "spark")
    project = str(settings.dbt_project)
    os.environ |= {"DBT_TARGET_PATH": artifacts, "DBT_LOG_PATH": artifacts}
    done = dbtRunner().invoke(
        [
            *("--no-use-colors", "run", "--target", "spark", "--fail-fast"),
            *("--project-dir", project, "--profiles-dir", project, "--select", *models),
        ]
    )
    session.stop()
    if done.exception:
        print(done.exception)
    return int(not done.success)


def open_session(settings: Settings, counting: Path) -> SparkSession:
    """The session that dbt finds: of the master that the settings name, or of a Spark Connect server."""
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("vakwerk")
    if settings.spark_master.startswith("sc://"):
        builder = builder.remote(settings.spark_master)
    else:
        builder = (
            builder.master(settings.spark_master)
            .config(
                "spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile={LOGGING.as_uri()}"
            )
            .config("spark.ui.enabled", "false")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.warehouse.dir", str(counting))
        )
        if settings.spark_master.startswith("local"):
            builder = builder.config("spark.driver.host", "127.0.0.1").config(
                "spark.sql.shuffle.partitions", str(2 * settings.threads)
            )
    session = builder.getOrCreate()
    # The wave 2022 is a text, and so is a backslash.
    session.conf.set("spark.sql.sources.partitionColumnTypeInference.enabled", "false")
    session.conf.set("spark.sql.parser.escapedStringLiterals", "true")
    return session


def register(session: SparkSession, folder: Path, pattern: str) -> None:
    """Name the tables that lie in the folder, each a folder of Parquet in one of its schema."""
    for path in sorted(folder.glob(pattern)):
        if next(path.rglob("*.parquet"), None):
            name = f"`{path.parent.name.removesuffix('.db')}`.`{path.name}`"
            session.sql(f"create schema if not exists `{path.parent.name.removesuffix('.db')}`")
            session.sql(f"create table {name} using parquet location '{path.as_uri()}'")
            if next(path.glob("*=*"), None):
                session.catalog.recoverPartitions(name)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]))
