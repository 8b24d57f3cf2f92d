"""Dagster assets: a wave's delivery, the raw waves, the models, and the publication.

What belongs here: which asset follows from which, and what each says of itself. What does not: the
work, which `deliveries`, dbt and `publishing` do.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dagster as dg
import duckdb
from dagster_dbt import DbtCliResource, dbt_assets

from orchestration.building import build
from orchestration.dbt_translation import VakwerkTranslator
from orchestration.deliveries.accepted import held_because, waiting_for
from orchestration.deliveries.door import accept
from orchestration.deliveries.errors import (
    DeliveryError,
    DeliveryRefused,
    StillArriving,
    WarehouseBusy,
)
from orchestration.deliveries.loading import load
from orchestration.failed_runs import REFUSED
from orchestration.holding import hold
from orchestration.jobs import DELIVERY_TAG, MODELS
from orchestration.machine import remedy
from orchestration.mirror_asset import mirror_asset
from orchestration.notices import held_notice, refusal_notice, send
from orchestration.partitions import ONE_RUN
from orchestration.publishing.publication import publish
from orchestration.publishing.report import REPORT_FOLDER
from orchestration.resources import WRITER_POOL
from orchestration.settings import Settings
from orchestration.settling import due
from orchestration.turns import TURN

ACCEPTED = dg.AssetKey(["deliveries", "accepted"])
REJECTED = dg.AssetKey(["deliveries", "rejected"])
RAW_WAVES = dg.AssetKey(["raw", "waves"])
RESPONSES = dg.AssetKey(["staging", "stg_responses"])
PUBLICATION = dg.AssetKey(["published", "marts"])
REPORT = dg.AssetKey(["published", "report"])

# A file still being written, or a lock that another process holds, passes; a bad file does not.
# Some five minutes in all: the dbt of a run that was killed may go on by itself for a while.
PASSING_FAULTS = dg.RetryPolicy(max_retries=6, delay=5, backoff=dg.Backoff.EXPONENTIAL)


@contextmanager
def delivery_faults(settings: Settings) -> Iterator[None]:
    """A fault of a delivery as Dagster's failure: tried again only where it can pass.

    A refusal is told to whom the settings name.
    """
    try:
        yield
    except DeliveryRefused as refusal:
        send(settings, refusal_notice(refusal))
        told = {REFUSED: dg.MetadataValue.path(refusal.folder)}
        raise dg.Failure(str(refusal), told, allow_retries=False) from refusal
    except DeliveryError as fault:
        passes = isinstance(fault, StillArriving | WarehouseBusy)
        raise dg.Failure(str(fault), allow_retries=passes) from fault
    except (OSError, duckdb.Error) as error:
        # It will not pass by itself within minutes.
        if what := remedy(str(error)):
            raise dg.Failure(f"{error}\n{what}", allow_retries=False) from error
        raise


def build_assets(
    settings: Settings, manifest: Mapping[str, Any], partitions: dg.PartitionsDefinition
) -> list[dg.AssetsDefinition]:
    """All assets, from delivery to publication, for the waves of one survey."""

    @dg.asset(
        key=ACCEPTED,
        group_name="deliveries",
        kinds={"python", "duckdb"},
        partitions_def=partitions,
        backfill_policy=ONE_RUN,
        retry_policy=PASSING_FAULTS,
        required_resource_keys={TURN},
        description="A wave's delivery, read as text and held against the codebook; refused whole or accepted.",
    )
    def accepted(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        waves = set(context.partition_keys)
        reports = {}
        for delivery in due(settings, context.run_tags.get(DELIVERY_TAG), waves):
            with delivery_faults(settings):
                outcome = accept(delivery.path, settings)
                if reason := hold(settings, outcome.wave_id):
                    send(settings, held_notice(outcome.wave_id, reason))
            reports[outcome.wave_id] = reason or outcome.report.summary
        for wave_id in sorted(waves - set(reports)):
            if waiting := waiting_for(settings.accepted, wave_id):
                reports[wave_id] = (
                    held_because(settings.accepted, wave_id)
                    or f"{waiting.file_name}: accepted before."
                )
        return dg.MaterializeResult(
            metadata={"new_deliveries": reports or "none: the waves stay as they are loaded"}
        )

    @dg.asset(
        key=RAW_WAVES,
        group_name="raw",
        kinds={"duckdb"},
        deps=[ACCEPTED],
        partitions_def=partitions,
        backfill_policy=ONE_RUN,
        retry_policy=PASSING_FAULTS,
        pool=WRITER_POOL,
        required_resource_keys={TURN},
        description="One row per loaded wave; the wave itself is `raw.wave_<id>`, as delivered, with keyed respondent ids.",
    )
    def raw_waves(context: dg.AssetExecutionContext) -> None:
        for wave_id in context.partition_keys:
            with delivery_faults(settings):
                loaded = load(settings, wave_id)
            context.add_asset_metadata(
                {
                    "dagster/row_count": loaded.wave.row_count,
                    "revision": loaded.wave.revision,
                    "sha256": loaded.wave.sha256,
                    "file": loaded.wave.file_name,
                    "new": loaded.is_new,
                },
                partition_key=wave_id,
            )

    translator = VakwerkTranslator(partitions)

    @dbt_assets(
        manifest=manifest,
        dagster_dbt_translator=translator,
        backfill_policy=ONE_RUN,
        pool=WRITER_POOL,
        name=MODELS,
    )
    def models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
        yield from build(context, dbt, settings, manifest, translator)

    @dg.multi_asset(
        name="published__marts",
        specs=[
            dg.AssetSpec(
                PUBLICATION,
                group_name="published",
                kinds={"duckdb", "parquet"},
                # The codebook too: its fingerprint is published, and some of it is read by checks alone.
                deps=[RESPONSES, *_of_groups(models, "codebook", "marts")],
                description="What readers see: the marts as one DuckDB file and as Parquet, switched as one.",
            ),
            dg.AssetSpec(
                REPORT,
                group_name="published",
                kinds={"html"},
                deps=[PUBLICATION],
                description="The web report, made of the published marts alone and switched with them.",
            ),
        ],
        # For every range of waves at once, as what it publishes is.
        backfill_policy=ONE_RUN,
        pool=WRITER_POOL,
        required_resource_keys={TURN},
    )
    def publication() -> Iterator[dg.MaterializeResult[None]]:
        published = publish(settings)
        report = settings.published / REPORT_FOLDER
        yield dg.MaterializeResult(
            asset_key=PUBLICATION,
            metadata={
                "build_id": str(published["build_id"]),
                "tables": len(published["tables"]),
                "waves": published["waves"],
                "folder": dg.MetadataValue.path(settings.published),
                "report": dg.MetadataValue.path(report),
                "report_pages": published["report"]["pages"],
            },
        )
        yield dg.MaterializeResult(
            asset_key=REPORT,
            metadata={
                "build_id": str(published["build_id"]),
                "pages": published["report"]["pages"],
                "first_page": dg.MetadataValue.path(report / "index.html"),
            },
        )

    mirrors = [mirror_asset(settings, PUBLICATION)] if settings.is_mirrored else []
    return [accepted, raw_waves, models, publication, *mirrors]


def rejected_deliveries() -> dg.AssetSpec:
    """What is not made but shown: the landing sensor observes each refused delivery."""
    return dg.AssetSpec(
        REJECTED,
        deps=[ACCEPTED],
        group_name="deliveries",
        description="Refused deliveries: each observation names the file, its wave, kinds of problems and the report.",
    )


def _of_groups(models: dg.AssetsDefinition, *groups: str) -> list[dg.AssetKey]:
    return [spec.key for spec in models.specs if spec.group_name in groups]
