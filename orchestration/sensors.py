"""Dagster sensors: a file in the landing folder starts the refresh of its wave.

What belongs here: when to ask for a run. What does not: judging the file, which the run does; only
a file that no wave claims is refused here, for no run could be asked for it.
"""

import time

import dagster as dg

from orchestration.deliveries.door import accept
from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.landing import pending
from orchestration.jobs import REFRESH
from orchestration.settings import Settings

# A file that changed this recently may still be on its way.
SETTLED_AFTER_SECONDS = 10.0


def landing_sensor(settings: Settings) -> dg.SensorDefinition:
    """One run for each new file, told apart by name, size and time of arrival."""

    @dg.sensor(
        name="landing",
        job=REFRESH,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def landing(context: dg.SensorEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
        settled_before = time.time() - SETTLED_AFTER_SECONDS
        requests, arriving = [], []
        for delivery in pending(settings):
            name, status = delivery.path.name, delivery.path.stat()
            if status.st_mtime > settled_before:
                arriving.append(name)
            elif delivery.wave is None:
                try:
                    accept(delivery.path, settings)
                except DeliveryError as fault:
                    context.log.error(str(fault))
            else:
                # Not the time of writing: a file that is sent once more may keep it.
                requests.append(
                    dg.RunRequest(
                        run_key=f"{name}:{status.st_size}:{status.st_ctime_ns}",
                        partition_key=delivery.wave.wave_id,
                    )
                )
        if arriving and not requests:
            return dg.SkipReason(f"May still be arriving: {', '.join(arriving)}.")
        return requests

    return landing
