"""Dagster sensors: a file in the landing folder starts the refresh of its wave.

What belongs here: when to ask for a run. What does not: judging the file, which the run does; only
a file that no wave claims is refused here, for no run could be asked for it.
"""

import time
from collections.abc import Iterator

import dagster as dg

from orchestration.deliveries.door import accept
from orchestration.deliveries.errors import DeliveryRefused
from orchestration.deliveries.landing import pending
from orchestration.jobs import REFRESH
from orchestration.settings import Settings

# A file that changed this recently may still be on its way.
SETTLED_AFTER_SECONDS = 10.0


def landing_sensor(settings: Settings) -> dg.SensorDefinition:
    """One run for each new file, told apart by name, size and time of change."""

    @dg.sensor(name="landing", job=REFRESH, minimum_interval_seconds=30)
    def landing(context: dg.SensorEvaluationContext) -> Iterator[dg.RunRequest | dg.SkipReason]:
        settled_before = time.time() - SETTLED_AFTER_SECONDS
        for delivery in pending(settings):
            status = delivery.path.stat()
            if status.st_mtime > settled_before:
                yield dg.SkipReason(f"{delivery.path.name} may still be arriving.")
            elif delivery.wave is None:
                try:
                    accept(delivery.path, settings)
                except DeliveryRefused as refusal:
                    context.log.error(str(refusal))
            else:
                yield dg.RunRequest(
                    run_key=f"{delivery.path.name}:{status.st_size}:{status.st_mtime_ns}",
                    partition_key=delivery.wave.wave_id,
                )

    return landing
