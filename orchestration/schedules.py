"""Dagster schedules: the nightly refresh, for what the landing sensor may have missed."""

import dagster as dg

from orchestration.deliveries.warehouse import state
from orchestration.jobs import REFRESH
from orchestration.partitions import range_tags
from orchestration.settings import Settings
from orchestration.settling import due


def nightly_refresh(
    settings: Settings, partitions: dg.StaticPartitionsDefinition
) -> dg.ScheduleDefinition:
    """Every night at four: all waves that are loaded or delivered, neighbours in one run."""

    @dg.schedule(
        name="nightly_refresh",
        job=REFRESH,
        cron_schedule="0 4 * * *",
        execution_timezone="Europe/Amsterdam",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def nightly() -> list[dg.RunRequest] | dg.SkipReason:
        whole = due(settings, None, partitions.get_partition_keys())
        delivered = {delivery.wave.wave_id for delivery in whole if delivery.wave}
        ranges = range_tags(partitions, {*state(settings), *delivered})
        if not ranges:
            return dg.SkipReason("No wave is loaded yet: put a delivery into the landing folder.")
        # The key tells the runs of one night apart.
        return [dg.RunRequest(run_key="-".join(tags.values()), tags=tags) for tags in ranges]

    return nightly
