"""What can go wrong with a delivery, as exceptions whose message says what to do.

None of these messages holds a value from the file, so they may be logged and sent; what a
respondent answered stands in the report alone.
"""

from __future__ import annotations

from pathlib import Path

from orchestration.deliveries.report import Report
from orchestration.errors import VakwerkError


class DeliveryError(VakwerkError):
    """A delivery cannot go on; the message names the file and the remedy."""


class StillArriving(DeliveryError):
    """The file changed while it was read: the same delivery may pass a little later."""


class WarehouseBusy(DeliveryError):
    """Another process holds the warehouse: the same call may pass a little later."""


class WarehouseDamaged(DeliveryError):
    """The warehouse's file is not what DuckDB wrote: only a rebuild from the archive helps."""


class WarehouseOutdated(DeliveryError):
    """The warehouse is of a version that this software cannot read; the message says what to do."""


class DeliveryRefused(DeliveryError):
    """The delivery has problems; `report` lists every one, and `folder` holds it with the file."""

    def __init__(self, report: Report, folder: Path) -> None:
        super().__init__(f"{report.summary}\nThe file and the whole report are in {folder}.")
        self.report = report
        self.folder = folder
