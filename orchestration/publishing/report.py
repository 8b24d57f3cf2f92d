"""The report of a candidate: made from the candidate's own file, and readable like the rest of it.

What belongs here: where it lies, who may read it, and what the manifest says of it. What does not:
its pages, which `orchestration.report` makes.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from orchestration.publishing.candidate import (
    MARTS_FILE,
    READABLE_FILE,
    READABLE_FOLDER,
    PublishingError,
)
from orchestration.report.site import ReportError, write_report

REPORT_FOLDER = "report"


def add_report(folder: Path) -> Mapping[str, object]:
    """Write the report of the candidate in `folder` beside its marts; gives what the manifest says of it.

    Raises PublishingError where it cannot be made of these marts.
    """
    place = folder / REPORT_FOLDER
    try:
        report = write_report(folder / MARTS_FILE, place)
    except ReportError as error:
        raise PublishingError(f"Not published, and readers keep what they have. {error}") from error
    for path in (place, *place.rglob("*")):
        path.chmod(READABLE_FOLDER if path.is_dir() else READABLE_FILE)
    return {"pages": report.pages, "sha256": report_checksum(place)}


def report_checksum(place: Path) -> str:
    """A sha256 over the names and bytes of all files of a report."""
    digest = sha256()
    for path in sorted(path for path in place.rglob("*") if path.is_file()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(place).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
