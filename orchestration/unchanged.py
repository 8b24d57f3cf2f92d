"""Unchanged: what Dagster is told of tables that were not built again, and of checks that were not run.

What belongs here: those outputs and results, among the events of what was built. What does not:
which these are, as dbt decides what it builds.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from orchestration.audit import CheckRecord
from orchestration.standing import STANDS_SINCE, Built


def with_unchanged(
    context: dg.AssetExecutionContext,
    events: Iterator[Any],
    standing_build: str,
    checks: Mapping[str, CheckRecord],
) -> Iterator[Any]:
    """The events, with an output for each table that was not built again and the last result of each
    check that was not run: without an output Dagster skips what follows from it.

    Dagster wants outputs in the order of what follows from what. So does dbt build: what a table is
    made from has been built before it, or is not built again.
    """
    made_from = {
        spec.key: [dep.asset_key for dep in spec.deps] for spec in context.assets_def.specs
    }
    keys = {key.to_python_identifier(): key for key in made_from}
    told: set[dg.AssetKey] = set()
    metadata = {STANDS_SINCE: standing_build}

    def standing(key: dg.AssetKey) -> Iterator[dg.Output[None]]:
        if key in made_from and key not in told:
            yield from before(key)
            told.add(key)
            yield dg.Output(None, output_name=key.to_python_identifier(), metadata=metadata)

    def before(key: dg.AssetKey) -> Iterator[dg.Output[None]]:
        for origin in made_from[key]:
            yield from standing(origin)

    again = 0
    run: set[dg.AssetCheckKey] = set()
    for event in events:
        if isinstance(event, dg.Output):
            key = keys[event.output_name]
            yield from before(key)
            told.add(key)
            again += 1
        elif isinstance(event, dg.AssetCheckResult) and event.asset_key and event.check_name:
            run.add(dg.AssetCheckKey(event.asset_key, event.check_name))
        yield event
    for key in made_from:
        yield from standing(key)
    for check in sorted(context.selected_asset_check_keys - run):
        if said := checks.get(check.name):
            yield dg.AssetCheckResult(
                asset_key=check.asset_key,
                check_name=check.name,
                passed=said.status == "passed",
                severity=dg.AssetCheckSeverity.ERROR if said.blocks else dg.AssetCheckSeverity.WARN,
                metadata=metadata,
            )
    context.log.info(f"Code changed: {Built(again, len(made_from))} built again.")
