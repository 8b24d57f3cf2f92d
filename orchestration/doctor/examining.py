"""Examining: every check, in the order in which a person reads them."""

from __future__ import annotations

from orchestration.doctor.archive import archive, deliveries
from orchestration.doctor.finding import Finding, ok
from orchestration.doctor.machine import disk, erasures, leftovers, versions
from orchestration.doctor.privacy import key, permissions
from orchestration.doctor.publication import publication
from orchestration.doctor.warehouse import marts, read_warehouse
from orchestration.settings import Settings


def examine_home(settings: Settings) -> list[Finding]:
    """What every check sees in a home. Writes nothing, and raises nothing for what is wrong."""
    if not settings.home.is_dir():
        told = f"{settings.home} is not made yet; `vakwerk run` makes it."
        return [versions(settings), ok("home", told)]
    warehouse = read_warehouse(settings)
    published, manifest = publication(settings)
    return [
        versions(settings),
        archive(settings),
        deliveries(settings, warehouse),
        warehouse.finding,
        marts(warehouse, manifest),
        published,
        key(settings, warehouse),
        erasures(settings),
        permissions(settings),
        leftovers(settings, warehouse),
        disk(settings),
    ]
