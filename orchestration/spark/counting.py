"""Counting on Spark as one call: hand over, run the models there, keep the result if all went well.

What belongs here: the order, the folders, and the processes. What does not: what runs in them: dbt
on DuckDB for what Spark reads, and `job` on Spark.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from orchestration.deliveries.private import private_folder
from orchestration.deliveries.warehouse import connected
from orchestration.errors import VakwerkError
from orchestration.preparation import manifest_file
from orchestration.settings import DBT, PROJECT, Settings
from orchestration.spark.handing_over import hand_over, models_on_spark, read_on_spark
from orchestration.spark.requirements import require_spark

SELECTED = ("stg_responses", "intermediate.cells")
CODE = "code.sha256"


class SparkFailed(VakwerkError):
    """Spark or what it reads could not be made; what was counted before stands."""


def count_on_spark(settings: Settings, code_fingerprint: str, *, is_fresh: bool) -> None:
    """Bring what Spark counted up to date with the loaded waves, in `settings.counted`.

    It works on a copy that takes the place of the old one only when everything was counted, so a
    failure leaves that as it was. `is_fresh` is whether DuckDB builds everything again. Waves are
    counted again when their version changed, and all of them when the code did or the warehouse is
    rebuilt. Raises SparkMissing and SparkFailed.
    """
    require_spark()
    private_folder(settings.spark)
    _run(
        "DuckDB could not build what Spark is to read",
        [
            *(str(DBT), "--no-use-colors", "--quiet", "build"),
            *("--resource-type", "model", "--resource-type", "seed"),
            *("--project-dir", str(settings.dbt_project)),
            *("--profiles-dir", str(settings.dbt_project)),
            *("--select", *(f"+{model}" for model in SELECTED), "--exclude", *SELECTED),
            *(["--full-refresh"] if is_fresh else []),
        ],
        settings,
    )
    manifest = json.loads(manifest_file(settings).read_text(encoding="utf-8"))
    inputs = private_folder(settings.spark / "inputs")
    with connected(settings, read_only=True) as connection:
        waves = hand_over(connection, read_on_spark(manifest), inputs)
    counting = _emptied(settings.spark / "counting")
    if settings.building is None and _code_of(settings.counted) == code_fingerprint:
        # Links: Spark replaces files and never writes into one.
        shutil.copytree(settings.counted, counting, copy_function=os.link, dirs_exist_ok=True)
        (counting / CODE).unlink()
    for schema, table in models_on_spark(manifest):
        for partition in (counting / f"{schema}.db" / table).glob("**/wave_id=*"):
            if partition.name.removeprefix("wave_id=") not in waves:
                shutil.rmtree(partition)
    _run(
        "Spark could not count",
        [sys.executable, "-m", "orchestration.spark.job", str(inputs), str(counting), *SELECTED],
        settings,
    )
    (counting / CODE).write_text(code_fingerprint, encoding="utf-8")
    old = _emptied(settings.spark / "old")
    if settings.counted.exists():
        settings.counted.rename(old)
    counting.rename(settings.counted)
    shutil.rmtree(old, ignore_errors=True)


def _code_of(counted: Path) -> str | None:
    stamp = counted / CODE
    return stamp.read_text(encoding="utf-8") if stamp.exists() else None


def _emptied(folder: Path) -> Path:
    """The folder with nothing in it; a killed run leaves some."""
    shutil.rmtree(folder, ignore_errors=True)
    return private_folder(folder)


def _run(what: str, command: list[str], settings: Settings) -> None:
    done = subprocess.run(
        command,
        env=os.environ | settings.environment | {"PYTHONPATH": str(PROJECT)},
        cwd=settings.spark,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    (settings.spark / "last_run.log").write_text(done.stdout, encoding="utf-8")
    if done.returncode:
        told = "\n".join(done.stdout.strip().splitlines()[-20:])
        raise SparkFailed(f"{what}; what was counted before stands.\n{told}")
