"""Checking the manifest: what the sender says of a delivery, held against the delivery.

What belongs here: file, checksum, wave, rows and purpose. What does not: whether the manifest can be
read (`manifest_reading`), and the values in the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestration.codebook import Codebook
from orchestration.deliveries.archive import Original
from orchestration.deliveries.formats.table import DeliveredTable
from orchestration.deliveries.report import Kind, Problem, Severity, quoted

RIGHT_FILE = "Deliver the file that the manifest names, or correct `name` in the manifest."
SAME_BYTES = (
    "Deliver the file again, as it was when its sha256 was made; if it was changed on purpose, give "
    "the manifest its new sha256."
)
WHICH_WAVE = (
    "Ask the sender which wave it is; then correct `wave` in the manifest, the name of the file, or "
    "the wave that you gave."
)
ALL_ROWS = (
    "Ask the sender whether the export is complete. Deliver the whole file; if it is whole, correct "
    "`rows` in the manifest."
)
INTERIM = "Deliver the whole wave when field work has ended, with the purpose `correction`."
ONE_FILE = "Deliver a file that belongs to the warehouse in a folder of its own."


def manifest_problems(
    original: Original, codebook: Codebook, wave_id: str | None
) -> Iterator[Problem]:
    """Where the manifest of a delivery and its file disagree before its rows are read.

    `wave_id` is the wave that the delivery is taken for.
    """
    manifest = original.arrival.manifest
    if manifest is not None:
        if manifest.file.name != original.file_name:
            message = f"The manifest speaks of {quoted(manifest.file.name)}, which is another file."
            yield Problem(Kind.OTHER_FILE, message, RIGHT_FILE)
        declared = manifest.file.sha256
        if declared is not None and declared != original.checksum:
            message = (
                f"The manifest declares the sha256 {declared}, the file has {original.checksum}."
            )
            yield Problem(Kind.OTHER_CHECKSUM, message, SAME_BYTES)
        yield from _other_waves(original, manifest.wave, codebook, wave_id)
        if manifest.purpose == "partial":
            message = "Field work goes on: the wave is loaded as interim."
            yield Problem(Kind.PARTIAL, message, INTERIM, severity=Severity.WARN)
    if others := original.arrival.others:
        listed = ", ".join(map(quoted, others))
        message = f"The folder of the delivery has more than the manifest names: {listed}."
        yield Problem(
            Kind.UNREAD_FILE, message, ONE_FILE, count=len(others), severity=Severity.WARN
        )


def row_problems(original: Original, table: DeliveredTable) -> Iterator[Problem]:
    """Whether the file has another number of rows than its manifest declares."""
    manifest = original.arrival.manifest
    rows = table.row_count + len(table.left_out)
    if manifest is None or manifest.file.rows in (None, rows) or not table.columns:
        return
    message = f"The manifest declares {manifest.file.rows} rows, the file has {rows}."
    yield Problem(Kind.OTHER_ROW_COUNT, message, ALL_ROWS)


def _other_waves(
    original: Original, declared: str, codebook: Codebook, wave_id: str | None
) -> Iterator[Problem]:
    if wave_id is not None and wave_id != declared:
        message = f"The manifest says wave {quoted(declared)}, you said {quoted(wave_id)}."
        yield Problem(Kind.OTHER_WAVE, message, WHICH_WAVE)
    # A sha256 may well have the digits of a year in it.
    told = None if original.arrival.is_archived else codebook.wave_of(original.file_name)
    if told is not None and told.wave_id != declared:
        message = (
            f"The manifest says wave {quoted(declared)}, the name of the file {told.wave_id!r}."
        )
        yield Problem(Kind.OTHER_WAVE, message, WHICH_WAVE)
