"""Building the models: one call of dbt, for as much as has to be made again, and its word in the audit.

What belongs here: that call, and what becomes of its results. What does not: how much has to be made
again (`standing`), and what is read in the results (`dbt_results`).
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg
from dagster_dbt import DbtCliInvocation, DbtCliResource

from orchestration import audit
from orchestration.counting import Counts, counts, recounts
from orchestration.dbt_results import (
    check_records,
    failures,
    with_compiled_code,
    with_those_before,
)
from orchestration.dbt_translation import VakwerkTranslator
from orchestration.deliveries.warehouse import connected
from orchestration.fingerprints import code_fingerprint
from orchestration.leftovers import drop_leftovers
from orchestration.macro_callers import callers_of_changed_macros
from orchestration.preparation import manifest_file, manifest_is_current
from orchestration.settings import Settings
from orchestration.spark.counting import SparkFailed, count_on_spark
from orchestration.spark.requirements import SparkMissing
from orchestration.standing import (
    MANIFEST,
    RUN_RESULTS,
    Extent,
    Origins,
    extent_of,
    keep,
    kept_folder,
    kept_results,
    origins_of,
)
from orchestration.unchanged import with_unchanged


@dataclass(frozen=True)
class Plan:
    """What is to be built, of what, and what stands, was said of it and was counted before."""

    extent: Extent
    code: str
    origins: Origins
    stands: audit.Build | None
    checks: Mapping[str, audit.CheckRecord]
    counted: Counts

    @property
    def standing_build(self) -> str:
        """The build that some of what stands is left of. Only where not everything is built."""
        assert self.stands is not None
        return self.stands.build_id


def build(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    settings: Settings,
    manifest: Mapping[str, Any],
    translator: VakwerkTranslator,
) -> Iterator[Any]:
    """Build what has to be built, as Dagster's events, and leave what dbt said in the audit.

    Of what stands as it would be built Dagster is told that, or it would skip what follows from it.
    Raises Dagster's Failure where Spark or dbt did not end well.
    """
    plan = _plan(context, settings)
    context.log.info(f"To be built: {plan.extent.value}.")
    if plan.extent is Extent.NOTHING:
        with connected(settings) as connection:
            audit.take_over_build(connection, plan.code)
        events: Iterator[Any] = iter(())
    else:
        events = _run_dbt(context, dbt, settings, plan, manifest, translator)
    if plan.extent in (Extent.CHANGED, Extent.NOTHING):
        events = with_unchanged(context, events, plan.standing_build, plan.checks)
    yield from events


def _plan(context: dg.AssetExecutionContext, settings: Settings) -> Plan:
    code = code_fingerprint(settings)
    with connected(settings) as connection:
        stands = audit.last_build(connection)
        origins = origins_of(connection, settings)
        extent = extent_of(settings, stands, code, origins)
        if context.is_subset and extent in (Extent.CHANGED, Extent.NOTHING):
            # What somebody picked in Dagster is built, whether it changed or not.
            extent = Extent.EVERYTHING
        if extent is Extent.CHANGED and not manifest_is_current(settings):
            # The code changed after this process began: who calls what is not known.
            extent = Extent.EVERYTHING
        checks = {check.name: check for check in audit.checks_of(connection, "dbt")}
        return Plan(extent, code, origins, stands, checks, counts(connection))


def _run_dbt(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    settings: Settings,
    plan: Plan,
    manifest: Mapping[str, Any],
    translator: VakwerkTranslator,
) -> Iterator[Any]:
    with connected(settings) as connection:
        unfinished = audit.begin_build(connection, plan.code)
    if settings.engine == "spark":
        try:
            count_on_spark(settings, plan.code, is_fresh=plan.extent is Extent.EVERYTHING)
        except (SparkFailed, SparkMissing) as error:
            raise dg.Failure(str(error), allow_retries=False) from error
    (settings.dbt_artifacts / RUN_RESULTS).unlink(missing_ok=True)
    invocation = _start(context, dbt, settings, plan, manifest, translator)
    for event in invocation.stream_raw_events():
        yield from event.to_default_asset_events(
            manifest, translator, context, settings.dbt_artifacts
        )
    if not (settings.dbt_artifacts / RUN_RESULTS).exists():
        raise dg.Failure(f"dbt could not start:\n{invocation.get_error()}", allow_retries=False)
    _record(context, settings, plan, invocation, unfinished)


def _start(
    context: dg.AssetExecutionContext,
    dbt: DbtCliResource,
    settings: Settings,
    plan: Plan,
    manifest: Mapping[str, Any],
    translator: VakwerkTranslator,
) -> DbtCliInvocation:
    arguments = ["build", "--exclude-resource-type", "unit_test"]
    if plan.extent in (Extent.EVERYTHING, Extent.CHANGED):
        arguments.append("--full-refresh")
    place = settings.dbt_artifacts
    if plan.extent is Extent.CHANGED:
        kept = kept_folder(settings, plan.standing_build)
        states = (kept / MANIFEST, manifest_file(settings))
        before, now = (json.loads(state.read_text(encoding="utf-8")) for state in states)
        callers = [f"{name}+" for name in callers_of_changed_macros(before, now)]
        arguments += ["--select", " ".join(["state:modified+", *callers]), "--state", str(kept)]
        # With a context, Dagster would add a selection of its own: everything.
        return dbt.cli(
            arguments,
            manifest=manifest,
            dagster_dbt_translator=translator,
            target_path=place,
            raise_on_error=False,
        )
    return dbt.cli(arguments, context=context, target_path=place, raise_on_error=False)


def _record(
    context: dg.AssetExecutionContext,
    settings: Settings,
    plan: Plan,
    invocation: DbtCliInvocation,
    unfinished: audit.Build,
) -> None:
    """Leave what dbt said in the audit, and keep it for the next build; a failure is raised."""
    results: Mapping[str, Any] = invocation.get_artifact(RUN_RESULTS)
    manifest: Mapping[str, Any] = invocation.get_artifact(MANIFEST)
    succeeded = invocation.is_successful()
    if plan.extent is Extent.CHANGED:
        results, manifest = _completed(settings, plan.standing_build, results, manifest)
    is_whole = succeeded and not context.is_subset
    made = audit.Build(
        build_id=results["metadata"]["invocation_id"],
        succeeded=succeeded,
        # Otherwise what stands may still be of other code: the next build starts afresh.
        code_fingerprint=plan.code if is_whole else unfinished.code_fingerprint,
        codebook_fingerprint=plan.origins.codebook,
    )
    with connected(settings) as connection:
        audit.record_build(connection, made, check_records(results, manifest))
        left = drop_leftovers(connection, manifest)
        counted = recounts(plan.counted, counts(connection))
    if is_whole:
        keep(settings, made.build_id, plan.origins)
    context.log.info(f"Counted again: {', '.join(map(str, counted)) or 'no wave'}.")
    if left:
        context.log.info(f"Removed, as no model makes it any more: {', '.join(left)}.")
    if not succeeded:
        told = "\n- ".join(["dbt build failed.", *failures(results)])
        raise dg.Failure(told, allow_retries=False)


def _completed(
    settings: Settings,
    standing_build: str,
    results: Mapping[str, Any],
    manifest: Mapping[str, Any],
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What dbt said, with what it said before of what was not built or tested again; written down too."""
    results = with_those_before(results, kept_results(settings, standing_build), manifest)
    manifest = with_compiled_code(manifest, results)
    for name, content in ((RUN_RESULTS, results), (MANIFEST, manifest)):
        (settings.dbt_artifacts / name).write_text(json.dumps(content), encoding="utf-8")
    return results, manifest
