"""Dagster asset checks: every check of Great Expectations, on the asset that it speaks of.

What belongs here: which suite runs when, and how its results show. Dagster's history keeps what it is
told for good, so it is told counts and the page that shows more, never an answer or an id. What does
not: the checks, which `expectations` declares and runs. dbt's tests are asset checks too; dagster-dbt
makes them.
"""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from expectations.data_docs import page_of
from expectations.declarations import Check, Layer, Scope
from expectations.results import CheckResult
from expectations.running import SUITES, run_suite
from orchestration import audit
from orchestration.assets import ACCEPTED, delivery_faults
from orchestration.codebook import Codebook
from orchestration.deliveries.accepted import database_of, to_load
from orchestration.deliveries.door import refuse
from orchestration.deliveries.report import Severity
from orchestration.deliveries.warehouse import connected, state
from orchestration.plausibility import delivery_scope, problems_of
from orchestration.resources import WRITER_POOL
from orchestration.settings import Settings


def build_checks(settings: Settings) -> list[dg.AssetChecksDefinition]:
    """One op a suite, so that Great Expectations is imported once for all of its checks."""
    codebook = Codebook(settings.codebook)

    @dg.multi_asset_check(name="check_delivery", specs=_specs("delivery"))
    def check_delivery() -> Iterator[dg.AssetCheckResult]:
        waves = [wave for wave in codebook.waves if to_load(settings.accepted, wave)]
        results = [
            run_suite(
                "delivery",
                database_of(settings.accepted, wave),
                delivery_scope(settings, codebook, wave),
                settings.quality,
            )
            for wave in waves
        ]
        for check, *of_waves in zip(SUITES["delivery"], *results, strict=True):
            yield _asset_check(settings, check, dict(zip(waves, of_waves, strict=True)))
        with delivery_faults(settings):
            for wave, of_checks in zip(waves, results, strict=True):
                _refuse(settings, wave, of_checks)

    @dg.multi_asset_check(name="check_staging", specs=_specs("staging"), pool=WRITER_POOL)
    def check_staging() -> Iterator[dg.AssetCheckResult]:
        yield from _on_warehouse("staging", settings, codebook)

    @dg.multi_asset_check(name="check_marts", specs=_specs("marts"), pool=WRITER_POOL)
    def check_marts() -> Iterator[dg.AssetCheckResult]:
        yield from _on_warehouse("marts", settings, codebook)

    return [check_delivery, check_staging, check_marts]


def _refuse(settings: Settings, wave_id: str, results: Sequence[CheckResult]) -> None:
    """A delivery that breaks a promise leaves the door again, with a report for its sender.

    One that could not be checked stays: that says nothing of it, and its red check stops the run.
    """
    problems = problems_of(results)
    if any(problem.severity is Severity.REFUSE for problem in problems):
        raise refuse(settings, wave_id, problems)


def _on_warehouse(
    layer: Layer, settings: Settings, codebook: Codebook
) -> Iterator[dg.AssetCheckResult]:
    """Run a suite on the warehouse, and leave its results in the audit for whoever publishes."""
    scope = Scope(codebook, tuple(state(settings)))
    results = run_suite(layer, settings.warehouse, scope, settings.quality)
    with connected(settings) as connection:
        audit.record_checks(connection, [_record(result) for result in results])
    for check, result in zip(SUITES[layer], results, strict=True):
        yield _asset_check(settings, check, {"warehouse": result})


def _specs(layer: Layer) -> list[dg.AssetCheckSpec]:
    return [
        dg.AssetCheckSpec(
            name=check.name,
            asset=_asset(layer, check),
            description=check.title,
            # A row of the thresholds may turn a warning into a refusal: the result says which it is.
            blocking=True,
        )
        for check in SUITES[layer]
    ]


def _asset(layer: Layer, check: Check) -> dg.AssetKey:
    return ACCEPTED if layer == "delivery" else dg.AssetKey([layer, check.table])


def _asset_check(
    settings: Settings, check: Check, results: Mapping[str, CheckResult]
) -> dg.AssetCheckResult:
    """One result for Dagster, of one promise held against one or more places."""
    unkept = {place: result for place, result in results.items() if not result.passed}
    errors = {place: result.error for place, result in unkept.items() if result.error}
    blocking = any(result.severity == "block" for result in unkept.values())
    return dg.AssetCheckResult(
        asset_key=_asset(check.layer, check),
        check_name=check.name,
        passed=not unkept,
        severity=dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN,
        description=f"could not run: {'; '.join(errors.values())}" if errors else None,
        metadata={
            "failing_rows": sum(result.failing_rows for result in results.values()),
            **({"remedy": check.remedy} if unkept else {}),
            **{
                f"quality_page_{place}": dg.MetadataValue.path(
                    page_of(settings.quality, check.layer, [place])
                )
                for place in unkept
            },
        },
    )


def _record(result: CheckResult) -> audit.CheckRecord:
    return audit.CheckRecord(
        tool="great_expectations",
        suite=result.layer,
        name=result.name,
        table_name=result.table,
        status=result.status,
        blocks=result.severity == "block",
        failing_rows=result.failing_rows,
    )
