"""Dagster partitions: one a wave of the survey, whether it has been delivered or not.

A wave that was asked for and is not there shows as a missing partition; that is what freshness
means for a survey. Several waves are one run, as dbt builds what changed in one call.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby

import dagster as dg

from orchestration.codebook import Codebook

ONE_RUN = dg.BackfillPolicy.single_run()


def wave_partitions(codebook: Codebook) -> dg.StaticPartitionsDefinition:
    """The waves of the codebook, in its order."""
    return dg.StaticPartitionsDefinition(list(codebook.waves))


def range_tags(
    partitions: dg.StaticPartitionsDefinition, waves: Collection[str]
) -> list[dict[str, str]]:
    """Run tags that ask for these waves and no other: one set for each range of neighbours."""
    keys = partitions.get_partition_keys()
    ranges = [list(same) for asked, same in groupby(keys, waves.__contains__) if asked]
    return [
        {
            "dagster/asset_partition_range_start": neighbours[0],
            "dagster/asset_partition_range_end": neighbours[-1],
        }
        for neighbours in ranges
    ]
