"""Dagster sensors: a delivery in the landing folder starts the refresh of its wave; a failed run is told.

What belongs here: when to ask for a run, and what Dagster is shown beside it. What does not: judging
a file, which the run does; only one that no wave claims is refused here, for no run could be asked
for it.
"""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace

import dagster as dg

from orchestration.assets import REJECTED
from orchestration.codebook import Codebook
from orchestration.deliveries.door import accept
from orchestration.deliveries.errors import DeliveryRefused
from orchestration.deliveries.landing import Pending, pending
from orchestration.errors import VakwerkError
from orchestration.failed_runs import failure_notice
from orchestration.jobs import DELIVERY_TAG, REFRESH
from orchestration.notices import refusal_notice, send
from orchestration.partitions import range_tags, wave_partitions
from orchestration.refresh import unfinished_work
from orchestration.rejections import rejections_after
from orchestration.settings import Settings
from orchestration.settling import has_settled, look, place_of

# How long Dagster may take to say whether it tries a failed run again; a busy machine needs some of it.
JUDGED_WITHIN_SECONDS = 10.0


@dataclass(frozen=True)
class Memory:
    """What the landing sensor remembers from one tick to the next, as its cursor in JSON.

    `looks` is how each file looked; `shown` the last refused delivery that Dagster was shown;
    `failed` the last run that failed, and `unmended` what was left to do when it had.
    """

    looks: dict[str, str] = field(default_factory=dict)
    shown: str = ""
    failed: str = ""
    unmended: str = ""


def landing_sensor(settings: Settings) -> dg.SensorDefinition:
    """One run for each delivery that came whole, and one for what a dead run left undone."""

    @dg.sensor(
        name="landing",
        job=REFRESH,
        minimum_interval_seconds=settings.sensor_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def landing(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        before = Memory(**json.loads(context.cursor)) if context.cursor else Memory()
        deliveries = pending(settings)
        looks = {place_of(item.path, settings.landing): look(item.path) for item in deliveries}
        memory = replace(before, looks={place: seen for place, seen in looks.items() if seen})
        whole, reasons = [], []
        for delivery in deliveries:
            reason = _reason_to_wait(settings, delivery, before)
            if reason is None:
                whole.append(delivery)
            else:
                place = place_of(delivery.path, settings.landing)
                reasons.append(f"{place}: {reason}.")
        requests = list(_requests(context, settings, whole, memory))
        if not requests:
            try:
                memory, requests = _left_undone(context, settings, memory)
            except VakwerkError as fault:
                reasons.append(str(fault))
        events = []
        for rejection in rejections_after(settings.rejected, memory.shown):
            memory = replace(memory, shown=rejection.folder.name)
            metadata: dict[str, dg.MetadataValue | str | dict[str, int]] = {
                "wave": rejection.wave_id or "unknown",
                "file": rejection.file_name,
                "problems": dict(rejection.problems),
                "report": dg.MetadataValue.path(rejection.report),
            }
            events.append(dg.AssetObservation(REJECTED, metadata=metadata))
        return dg.SensorResult(
            run_requests=requests,
            skip_reason=" ".join(reasons) if reasons and not requests else None,
            cursor=json.dumps(asdict(memory)),
            asset_events=events,
        )

    return landing


def failure_sensor(settings: Settings) -> dg.SensorDefinition:
    """Tells of each run that failed for good; one that Dagster tries again is not told of yet."""

    @dg.run_failure_sensor(
        name="failed_runs",
        minimum_interval_seconds=settings.sensor_seconds,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def failed_runs(context: dg.RunFailureSensorContext) -> None:
        run = _judged(context.instance, context.dagster_run.run_id)
        if run and not _is_tried_again(run):
            notice = failure_notice(context.instance, run)
            if notice:
                send(settings, notice)

    return failed_runs


def _reason_to_wait(settings: Settings, delivery: Pending, before: Memory) -> str | None:
    """Why a delivery is not taken in yet; None where it came whole."""
    if delivery.waits_for is not None:
        return delivery.waits_for
    place = place_of(delivery.path, settings.landing)
    if before.looks.get(place) != look(delivery.path):
        return "new, or changed since it was last looked at"
    if not has_settled(delivery, settings.settled_seconds):
        return "may still be arriving"
    return None


def _requests(
    context: dg.SensorEvaluationContext,
    settings: Settings,
    whole: Sequence[Pending],
    memory: Memory,
) -> Iterator[dg.RunRequest]:
    """One run for the oldest delivery of each wave; its correction waits until it is loaded.

    What no wave claims is refused at once.
    """
    asked = set()
    for delivery in whole:
        if delivery.wave is None:
            try:
                accept(delivery.path, settings)
            except DeliveryRefused as refusal:
                context.log.warning(str(refusal))
                send(settings, refusal_notice(refusal))
            except VakwerkError as fault:
                context.log.error(str(fault))
        elif delivery.wave.wave_id not in asked:
            asked.add(delivery.wave.wave_id)
            place = place_of(delivery.path, settings.landing)
            yield dg.RunRequest(
                # Dagster runs no key twice, however often it is asked for.
                run_key=f"{place}:{memory.looks[place]}",
                partition_key=delivery.wave.wave_id,
                tags={DELIVERY_TAG: place},
            )


def _left_undone(
    context: dg.SensorEvaluationContext, settings: Settings, memory: Memory
) -> tuple[Memory, list[dg.RunRequest]]:
    """Runs for what was taken in or loaded and never published, where nothing is under way.

    After a run that failed of itself the same work would fail again: it waits for something to
    change, or for the night.
    """
    newest = context.instance.get_runs(dg.RunsFilter(job_name=REFRESH.name), limit=1)
    if newest and not _has_ended(newest[0]):
        return memory, []
    work = unfinished_work(settings)
    if work is None:
        return memory, []
    if newest and newest[0].status is not dg.DagsterRunStatus.SUCCESS:
        run_id = newest[0].run_id
        if memory.failed != run_id and not _died(newest[0]):
            memory = replace(memory, failed=run_id, unmended=work.fingerprint)
        if memory.unmended == work.fingerprint:
            return memory, []
    context.log.info(f"Asked for a run: {work.reason}.")
    partitions = wave_partitions(Codebook(settings.codebook))
    return memory, [
        dg.RunRequest(
            run_key=f"{work.fingerprint}:{'-'.join(tags.values())}",
            tags=tags | {DELIVERY_TAG: ""},
        )
        for tags in range_tags(partitions, work.waves)
    ]


def _has_ended(run: dg.DagsterRun) -> bool:
    """Whether a run is over, and Dagster has said that it will not ask for it once more."""
    is_judged = run.status is not dg.DagsterRunStatus.FAILURE or "dagster/will_retry" in run.tags
    return run.is_finished and is_judged and not _is_tried_again(run)


def _judged(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRun | None:
    """A failed run, once Dagster has said whether it will try again: a moment after the failure."""
    deadline = time.monotonic() + JUDGED_WITHIN_SECONDS
    while True:
        run = instance.get_run_by_id(run_id)
        if run is None or "dagster/will_retry" in run.tags or time.monotonic() > deadline:
            return run
        time.sleep(0.2)


def _is_tried_again(run: dg.DagsterRun) -> bool:
    """Whether Dagster asks for the run once more: it can do so only for those that it launched."""
    will_retry = run.tags.get("dagster/will_retry") == "true"
    return will_retry and run.remote_job_origin is not None


def _died(run: dg.DagsterRun) -> bool:
    """Whether the run of a command on this machine died: nobody tries that again but this sensor."""
    return run.remote_job_origin is None and run.tags.get("dagster/will_retry") == "true"
