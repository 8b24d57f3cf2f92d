"""Metrics: asking MetricFlow for figures of what is published, offline.

What belongs here: the small dbt project by which MetricFlow finds the published file instead of the
build database, which has microdata and a lock, and running `mf` on it. What does not: the metrics
themselves, which `dbt_project/models/metrics` defines.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from orchestration.errors import VakwerkError
from orchestration.preparation import prepare
from orchestration.publishing.candidate import MARTS_FILE
from orchestration.settings import Settings

CATALOG = "marts"
SCHEMA = "main"


class MetricsError(VakwerkError):
    """There is nothing that metrics could be asked of; the message says what to do."""


def ask_metricflow(settings: Settings, arguments: Sequence[str]) -> None:
    """Run `mf` with these arguments on what is published. Ends the process, as `mf` does.

    Raises MetricsError where nothing is published.
    """
    with TemporaryDirectory(prefix="vakwerk_metrics_") as folder:
        os.environ.update(write_project(settings, Path(folder)))
        command_line().main(list(arguments), prog_name="vakwerk metrics")


def command_line() -> Any:
    """MetricFlow's command line, which no longer asks a package registry for a newer version."""
    from dbt_metricflow.cli.main import cli
    from update_checker import UpdateChecker  # type: ignore[import-untyped]

    UpdateChecker.check = lambda *_: None
    return cli


def write_project(settings: Settings, folder: Path) -> dict[str, str]:
    """Write a dbt project without models on the published file; gives the environment that names it.

    Raises MetricsError where nothing is published, PreparationError where dbt cannot parse the models.
    """
    published = settings.published / MARTS_FILE
    if not published.exists():
        raise MetricsError(f"{published} is missing: nothing is published yet; run `vakwerk run`.")
    prepare(settings)
    semantics = json.loads(
        (settings.dbt_artifacts / "semantic_manifest.json").read_text(encoding="utf-8")
    )
    for relation in _relations(semantics):
        table = relation["alias"]
        relation["database"], relation["schema_name"] = CATALOG, SCHEMA
        relation["relation_name"] = f'"{CATALOG}"."{SCHEMA}"."{table}"'
    # Only read, so that whoever publishes meanwhile waits for nobody.
    output = {
        "type": "duckdb",
        "path": ":memory:",
        "schema": SCHEMA,
        "attach": [{"path": str(published.resolve()), "alias": CATALOG, "read_only": True}],
    }
    # JSON is YAML.
    for name, content in {
        "dbt_project.yml": {"name": "vakwerk_metrics", "profile": "vakwerk_metrics"},
        "profiles.yml": {"vakwerk_metrics": {"target": "marts", "outputs": {"marts": output}}},
        "target/semantic_manifest.json": semantics,
    }.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content), encoding="utf-8")
    return settings.environment | {
        "DBT_PROJECT_DIR": str(folder),
        "DBT_PROFILES_DIR": str(folder),
        "DBT_TARGET_PATH": str(folder / "target"),
        "DBT_LOG_PATH": str(folder),
    }


def _relations(semantics: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The tables that a semantic manifest names: those of its models, and those of its time spines."""
    for named in (
        *semantics["semantic_models"],
        *semantics["project_configuration"]["time_spines"],
    ):
        yield named["node_relation"]
