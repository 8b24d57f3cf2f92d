"""Dagster schedules: the nightly refresh, for what the landing sensor may have missed."""

import dagster as dg

from orchestration.deliveries.warehouse import state
from orchestration.jobs import REFRESH
from orchestration.partitions import range_tags
from orchestration.settings import Settings


def nightly_refresh(
    settings: Settings, partitions: dg.StaticPartitionsDefinition
) -> dg.ScheduleDefinition:
    """Every night at four: all loaded waves in one run."""

    @dg.schedule(
        name="nightly_refresh",
        job=REFRESH,
        cron_schedule="0 4 * * *",
        execution_timezone="Europe/Amsterdam",
    )
    def nightly() -> dg.RunRequest | dg.SkipReason:
        waves = list(state(settings))
        if not waves:
            return dg.SkipReason("No wave is loaded yet: put a delivery into the landing folder.")
        return dg.RunRequest(tags=range_tags(partitions, waves))

    return nightly
