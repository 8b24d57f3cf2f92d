"""Where code alone changed, what follows from the change is made again, and readers get the same.

What belongs here: whole refreshes by a copy of the code that was changed. What does not: which
change asks for which extent (`unit/test_standing`), and counts (`test_work_done`).
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from orchestration.macro_callers import callers
from tests.acceptance.conftest import Warehouse

pytestmark = pytest.mark.slow

# What readers are told of the build itself.
OF_BUILDS = {"publication"}
TRENDS = Path("dbt_project/models/marts/results/trends.sql")


def followers(manifest: dict[str, Any], unique_id: str) -> set[str]:
    """The model and every model that is made from it, each with its schema."""
    node = manifest["nodes"][unique_id]
    return {f"{node['schema']}.{node['alias']}"}.union(
        *(
            followers(manifest, child)
            for child in manifest["child_map"][unique_id]
            if child.startswith("model.")
        )
    )


def published(warehouse: Warehouse) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(
        (warehouse.home / "published" / "manifest.json").read_text(encoding="utf-8")
    )
    return manifest


def checks(warehouse: Warehouse) -> list[tuple[str, ...]]:
    with warehouse.built() as connection:
        return connection.execute(
            "select tool, suite, name, table_name, status from audit.checks order by all"
        ).fetchall()


@pytest.fixture(scope="module")
def rebuilt(changed: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The same warehouse with all of it made again by the same changed code."""
    copy = changed.copy(tmp_path_factory.mktemp("rebuilt"))
    warehouse = replace(copy, program=changed.program)
    done = warehouse.vakwerk("rebuild")
    assert done.returncode == 0, done.stdout + done.stderr
    return warehouse


def test_a_changed_mart_is_built_again_with_what_is_made_from_it_and_nothing_else(
    changed: Warehouse,
) -> None:
    expected = followers(dict(changed.manifest), "model.vakwerk.trends")
    assert len(expected) > 1
    assert changed.built_again() == expected
    told = (changed.home.parent / "told.txt").read_text(encoding="utf-8")
    assert f"Code changed: {len(expected)} of " in told
    assert "Counted again: no wave" in told


def test_what_is_published_is_what_a_build_of_everything_publishes(
    small: Warehouse, changed: Warehouse, rebuilt: Warehouse
) -> None:
    left, right = changed.marts(OF_BUILDS, {}), rebuilt.marts(OF_BUILDS, {})
    assert left.keys() == right.keys()
    for name, ours in left.items():
        pd.testing.assert_frame_equal(ours, right[name], rtol=1e-12, atol=0, obj=name)
    assert not left["trends"].equals(small.marts(OF_BUILDS, {})["trends"])
    assert published(changed)["code_fingerprint"] == published(rebuilt)["code_fingerprint"]


def test_every_check_is_on_record_also_those_that_were_not_run_again(
    changed: Warehouse, rebuilt: Warehouse
) -> None:
    assert checks(changed) == checks(rebuilt)
    assert published(changed)["checks"] == published(rebuilt)["checks"]
    tests = [check for check in checks(changed) if check[0] == "dbt"]
    assert 0 < len(changed.tested_again()) < len(tests)
    # Those of Great Expectations were run on what stands now.
    assert {check[1] for check in checks(changed)} == {"dbt", "staging", "marts"}
    # The pages of documentation are made from what dbt wrote down.
    for warehouse in (changed, rebuilt):
        results = json.loads((warehouse.artifacts / "run_results.json").read_text("utf-8"))
        said = Counter(result["unique_id"] for result in results["results"])
        nodes = warehouse.manifest["nodes"]
        assert all(said[name] == 1 for name in nodes if nodes[name]["config"]["enabled"])
        assert all(
            node.get("compiled_code") or node["language"] != "sql"
            for node in nodes.values()
            if node["resource_type"] == "model"
        )


def test_a_changed_page_builds_no_model_and_is_published(
    changed: Warehouse, tmp_path: Path
) -> None:
    warehouse = changed.copy_with_code(tmp_path)
    code = tmp_path / "code"
    # The code that the warehouse was built by, and one more change.
    (code / TRENDS).write_bytes((changed.home.parent / "code" / TRENDS).read_bytes())
    page = code / "orchestration" / "report" / "templates" / "base.html"
    page.write_text(f"<!-- another page -->\n{page.read_text('utf-8')}", encoding="utf-8")
    before = published(warehouse)

    done = warehouse.run()

    assert "Code changed: none of " in done.stdout
    assert warehouse.built_again() == warehouse.tested_again() == set()
    assert "Running with dbt=" not in warehouse.last_log
    after = published(warehouse)
    assert (after["build"], after["checks"]) == (before["build"], before["checks"])
    assert after["build_id"] != before["build_id"]
    first = (warehouse.home / "published" / "report" / "index.html").read_text("utf-8")
    assert first.startswith("<!-- another page -->")
    assert "Nothing is new" in warehouse.run().stdout


def test_a_changed_macro_of_the_count_counts_every_wave_again(
    small: Warehouse, tmp_path: Path
) -> None:
    warehouse = small.copy_with_code(tmp_path)
    cells = tmp_path / "code" / "dbt_project" / "macros" / "cells.sql"
    text = cells.read_text(encoding="utf-8")
    assert text.count("count(*)::bigint as respondents") == 1
    cells.write_text(
        text.replace("count(*)::bigint as respondents", "sum(1)::bigint as respondents"),
        encoding="utf-8",
    )

    done = json.loads(warehouse.vakwerk("run", "--json").stdout)

    assert done["problems"] == []
    assert [wave["wave_id"] for wave in done["counted"]] == ["2022", "2024"]
    built = warehouse.built_again()
    assert done["built"]["again"] == len(built) < done["built"]["of"]
    assert followers(dict(warehouse.manifest), "model.vakwerk.answer_cells") <= built
    assert "staging.stg_responses" not in built
    left, right = warehouse.marts(OF_BUILDS, {}), small.marts(OF_BUILDS, {})
    for name, ours in left.items():
        pd.testing.assert_frame_equal(ours, right[name], rtol=1e-12, atol=0, obj=name)


def test_no_call_of_a_macro_that_a_build_came_to_is_missing_in_the_text_of_its_model(
    small: Warehouse,
) -> None:
    macros = {key for key in small.manifest["macros"] if key.startswith("macro.vakwerk.")}
    came_to = 0
    for macro in macros:
        name = macro.rpartition(".")[2]
        seen = {
            node["name"]
            for node in small.manifest["nodes"].values()
            if node["resource_type"] == "model"
            and macro in node["depends_on"]["macros"]
            # Hooks are in the project's own settings; where they change, everything is built.
            and not any(name in hook["sql"] for hook in node["config"]["pre-hook"])
        }
        came_to += len(seen)
        assert seen <= set(callers(small.manifest, {macro})), macro
    assert came_to > len(macros)


def test_after_a_build_that_failed_everything_is_built(small: Warehouse, tmp_path: Path) -> None:
    warehouse = small.copy_with_code(tmp_path)
    trends = tmp_path / "code" / TRENDS
    text = trends.read_text(encoding="utf-8")
    trends.write_text(text.replace("broken_note as note", "no_column as note"), encoding="utf-8")
    failed = warehouse.vakwerk("run")
    assert failed.returncode == 1
    assert "no_column" in failed.stderr
    assert "intermediate.answer_cells" not in warehouse.built_again()
    trends.write_text(f"{text}\n", encoding="utf-8")

    done = json.loads(warehouse.vakwerk("run", "--json").stdout)

    assert done["built"]["again"] == done["built"]["of"]
    assert [wave["wave_id"] for wave in done["counted"]] == ["2022", "2024"]
