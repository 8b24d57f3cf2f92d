"""Dagster partitions: one a wave of the survey, whether it has been delivered or not.

A wave that was asked for and is not there shows as a missing partition; that is what freshness
means for a survey. Several waves are one run, as dbt builds what changed in one call.
"""

from __future__ import annotations

import dagster as dg

from orchestration.codebook import Codebook

ONE_RUN = dg.BackfillPolicy.single_run()


def wave_partitions(codebook: Codebook) -> dg.StaticPartitionsDefinition:
    """The waves of the codebook, in its order."""
    return dg.StaticPartitionsDefinition(list(codebook.waves))


def range_tags(partitions: dg.StaticPartitionsDefinition, waves: list[str]) -> dict[str, str]:
    """Run tags for the smallest range of partitions that has these waves in it."""
    keys = partitions.get_partition_keys()
    places = [keys.index(wave) for wave in waves]
    return {
        "dagster/asset_partition_range_start": keys[min(places)],
        "dagster/asset_partition_range_end": keys[max(places)],
    }
