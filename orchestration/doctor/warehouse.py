"""The warehouse: whether it opens, of which version it is, and whether readers see its marts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from duckdb import DuckDBPyConnection

from orchestration import audit
from orchestration.deliveries.errors import DeliveryError, WarehouseBusy
from orchestration.deliveries.schema import SCHEMA_VERSION, version_of
from orchestration.deliveries.warehouse import has_table, opened
from orchestration.doctor.finding import Finding, busy, listed, ok, wrong
from orchestration.publishing.publication import Manifest
from orchestration.settings import Settings
from orchestration.sql import identifier

REBUILD = "`vakwerk rebuild` makes it again from the archive."


@dataclass(frozen=True)
class Warehouse:
    """What was read of the warehouse at once; `finding` says whether it could be.

    `deliveries` are wave, revision, sha256 and format of what was loaded, None where that cannot be
    told. `build` and `waves` are those of the marts, `rows` their numbers by table.
    """

    finding: Finding
    deliveries: set[tuple[str, int, str, str]] | None = None
    build: audit.Build | None = None
    waves: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)


def read_warehouse(settings: Settings) -> Warehouse:
    """Open the warehouse for reading only, and leave it as it is."""
    path = settings.warehouse
    if not path.exists():
        return Warehouse(ok("warehouse", "There is none yet."), deliveries=set())
    try:
        with opened(path, threads=settings.threads) as connection:
            return _read(connection)
    except WarehouseBusy as error:
        return Warehouse(busy("warehouse", str(error)))
    except DeliveryError as error:
        return Warehouse(wrong("warehouse", str(error), REBUILD))


def marts(warehouse: Warehouse, manifest: Manifest | None) -> Finding:
    """The marts in the warehouse against the manifest of what readers see."""
    if warehouse.deliveries is None:
        return Finding("marts", warehouse.finding.verdict, "They cannot be read.", REBUILD)
    if not warehouse.deliveries:
        return ok("marts", "Nothing is loaded yet.")
    build = warehouse.build
    again = "`vakwerk run` builds and publishes them."
    if build is None or not build.succeeded:
        return wrong("marts", "The last build of the models did not finish.", again)
    loaded: dict[str, int] = {}
    for wave_id, revision, *_ in warehouse.deliveries:
        loaded[wave_id] = max(revision, loaded.get(wave_id, 0))
    stale = sorted(wave for wave in warehouse.waves if warehouse.waves[wave] != loaded.get(wave))
    if stale:
        return wrong("marts", f"Built of an earlier revision: wave {listed(stale)}.", again)
    if manifest is None or manifest["build"] != build.build_id:
        return wrong("marts", "Readers do not see the build that stands in the warehouse.", again)
    published = {name: table["rows"] for name, table in manifest["tables"].items()}
    if differing := sorted(
        name
        for name in published.keys() | warehouse.rows.keys()
        if published.get(name) != warehouse.rows.get(name)
    ):
        told = f"Not as they were published: {listed(differing)}."
        return wrong("marts", told, "Nobody but `vakwerk` may write them: `vakwerk rebuild`.")
    return ok("marts", f"{len(published)} marts of {len(loaded)} waves are what readers see.")


def _read(connection: DuckDBPyConnection) -> Warehouse:
    version = version_of(connection)
    if version is None:
        return Warehouse(ok("warehouse", "Nothing is loaded yet."), deliveries=set())
    if version > SCHEMA_VERSION:
        told = f"It is of version {version}; this software knows versions up to {SCHEMA_VERSION}."
        return Warehouse(wrong("warehouse", told, "Use the software that made it, or newer."))
    told = f"Version {version}"
    if version < SCHEMA_VERSION:
        told += f", which the next command brings up to {SCHEMA_VERSION}"
    rows = connection.execute("select wave_id, revision, sha256, format from raw.deliveries")
    deliveries = set(rows.fetchall())
    tables = [
        name
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    ]
    return Warehouse(
        finding=ok("warehouse", f"{told}; it opens, and is read without a fault."),
        deliveries=deliveries,
        build=audit.last_build(connection),
        waves=_waves(connection),
        rows={name: _rows(connection, name) for name in tables},
    )


def _waves(connection: DuckDBPyConnection) -> dict[str, int]:
    if not has_table(connection, "marts", "dim_waves"):
        return {}
    rows = connection.execute(
        "select wave_id, revision from marts.dim_waves where revision is not null"
    )
    return dict(rows.fetchall())


def _rows(connection: DuckDBPyConnection, mart: str) -> int:
    """How many rows a mart has, each of them read, by which damage in it shows."""
    row = connection.execute(
        f"select count(*), sum(hash(rows)::hugeint) from marts.{identifier(mart)} as rows"  # noqa: S608
    ).fetchone()
    assert row is not None
    return int(row[0])
