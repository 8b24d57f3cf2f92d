"""What was checked in the last build, and what came of it: by dbt and by Great Expectations, by layer.

What belongs here: bringing both together, in words. What does not: values and rows that break a
promise, which only the owner's pages in `quality/` show; a count so small that it would point at
people is told as "fewer than".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.dbt_results import STATUSES
from orchestration.documentation.tables import DbtManifest, Node, referred

LAYERS = ("delivery", "codebook", "staging", "intermediate", "marts")
MENDERS: Mapping[str, str] = {
    "delivery": "the sender of the file, mostly",
    "codebook": "whoever keeps the codebook",
    "staging": "data engineer",
    "intermediate": "data engineer",
    "marts": "data engineer, or the developer of the model",
}
# dbt says of its own tests where to look, so one remedy serves them all.
DBT_REMEDY = "Mend the model or the codebook and run again; what is published stays as it was."


@dataclass(frozen=True)
class Check:
    """One check, run once; `failing` is how many rows or values break it, in words."""

    tool: str
    table: str
    title: str
    status: str
    severity: str
    failing: str
    asked: Sequence[str]
    remedy: str


@dataclass(frozen=True)
class Layer:
    """The checks of a layer, those that are not kept first."""

    name: str
    mender: str
    run_at: str
    checks: Sequence[Check]

    @property
    def broken(self) -> list[Check]:
        """The checks that were not kept, or could not run."""
        return [check for check in self.checks if check.status != "passed"]


def last_checks(
    quality: Path, run_results: Path, manifest: DbtManifest, smallest: int
) -> tuple[Layer, ...]:
    """The checks of the last build by layer; none where nothing has run yet.

    A count from 1 up to below `smallest` is not told exactly.
    """
    found: dict[str, list[tuple[str, Check]]] = {layer: [] for layer in LAYERS}
    for layer, run_at, check in [
        *_of_expectations(quality, smallest),
        *_of_dbt(run_results, manifest, smallest),
    ]:
        found[layer].append((run_at, check))
    return tuple(
        Layer(
            name=name,
            mender=MENDERS[name],
            run_at=max(run_at for run_at, _ in checks),
            checks=sorted(
                (check for _, check in checks),
                key=lambda check: (check.status == "passed", check.table, check.title),
            ),
        )
        for name, checks in found.items()
        if checks
    )


def _of_expectations(quality: Path, smallest: int) -> Iterator[tuple[str, str, Check]]:
    for path in sorted(quality.glob("*.json")):
        page = json.loads(path.read_text(encoding="utf-8"))
        for result in page["results"]:
            place = f"wave {', '.join(page['waves'])}" if page["layer"] == "delivery" else ""
            yield (
                page["layer"],
                page["run_at"],
                Check(
                    tool="Great Expectations",
                    table=place or result["table"],
                    title=result["title"],
                    status=result["status"],
                    severity=result["severity"],
                    failing=_count(result["failing_rows"], smallest),
                    asked=result["expected"],
                    remedy=result["remedy"],
                ),
            )


def _of_dbt(
    run_results: Path, manifest: DbtManifest, smallest: int
) -> Iterator[tuple[str, str, Check]]:
    if not run_results.is_file():
        return
    results = json.loads(run_results.read_text(encoding="utf-8"))
    run_at = f"{results['metadata']['generated_at'][:16].replace('T', ' ')} UTC"
    for result in results["results"]:
        test = manifest["nodes"].get(result["unique_id"])
        if test is None or test["resource_type"] != "test":
            continue
        node = _tested(manifest, test)
        # A source is what was delivered, already loaded.
        yield (
            node["schema"] if node["schema"] in LAYERS else "staging",
            run_at,
            Check(
                tool="dbt",
                table=node.get("alias") or node["name"],
                title=_in_words(manifest, test),
                status=STATUSES.get(result["status"], "error"),
                severity="warn" if test["config"]["severity"].lower() == "warn" else "block",
                failing=_count(result["failures"] or 0, smallest),
                asked=[text.strip()] if (text := result.get("compiled_code")) else [],
                remedy=DBT_REMEDY,
            ),
        )


def _tested(manifest: DbtManifest, test: Node) -> Mapping[str, Any]:
    key = test["attached_node"] or test["depends_on"]["nodes"][0]
    node: Mapping[str, Any] = manifest["nodes"].get(key) or manifest["sources"][key]
    return node


def _in_words(manifest: DbtManifest, test: Node) -> str:
    metadata = test["test_metadata"] or {"name": "", "kwargs": {}}
    given, column = metadata["kwargs"], test["column_name"]
    match metadata["name"]:
        case "unique_combination":
            return f"No two rows have the same {', '.join(given['columns'])}"
        case "unique":
            return f"No two rows have the same {column}"
        case "not_null":
            return f"{column} is never empty"
        case "accepted_values":
            return f"{column} is one of {', '.join(map(str, given['values']))}"
        case "relationships":
            return f"Every {column} is a {given['field']} of {referred(manifest, test)}"
    return str(test["name"])


def _count(failing: int, smallest: int) -> str:
    if not failing:
        return ""
    return f"fewer than {smallest}" if failing < smallest else f"{failing:,}"
