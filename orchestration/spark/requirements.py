"""What Spark needs on this machine.

What belongs here: whether it is there, and what to do where it is not. What does not: using it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from orchestration.errors import VakwerkError

PACKAGES = ("pyspark", "dbt.adapters.spark")


class SparkMissing(VakwerkError):
    """Something that Spark needs is not installed; the message says what, and how to get it."""


def require_spark(environment: Mapping[str, str] = os.environ) -> None:
    """Raises SparkMissing where this Python has no pyspark or dbt-spark, or the machine no Java."""
    otherwise = "or set VAKWERK_ENGINE=duckdb."
    if not all(_is_installed(package) for package in PACKAGES):
        raise SparkMissing(
            "VAKWERK_ENGINE is 'spark', and this environment has no pyspark with dbt-spark: run "
            f"`make spark` and use .venv-spark/bin/vakwerk, {otherwise}"
        )
    home = environment.get("JAVA_HOME")
    java = Path(home, "bin", "java") if home else shutil.which("java", path=environment.get("PATH"))
    if java is None or not Path(java).is_file():
        where = f"JAVA_HOME ({home}) has no bin/java" if home else "no `java` is on the PATH"
        raise SparkMissing(
            f"VAKWERK_ENGINE is 'spark', and {where}: install Java 17 (Debian's package "
            f"openjdk-17-jre-headless) or point JAVA_HOME at it, {otherwise}"
        )


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:
        return False
