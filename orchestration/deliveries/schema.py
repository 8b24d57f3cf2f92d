"""The schema of the raw layer: its lists, their version, and how an older warehouse becomes today's.

What belongs here: what the software itself makes in the warehouse, and the numbers by which it knows
it again. What does not: the raw waves, whose columns are those of their files, and what dbt makes.

A change to these tables raises SCHEMA_VERSION and adds a migration from the version before, which
sets `raw.warehouse_version` too; where SQL cannot do it, it adds none, and a rebuild is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

from duckdb import DuckDBPyConnection

from orchestration.deliveries.errors import WarehouseOutdated

SCHEMA_VERSION = 1

RAW_SCHEMA = f"""
    create schema if not exists raw;
    create table if not exists raw.warehouse_version as select {SCHEMA_VERSION} as version;
    comment on table raw.warehouse_version is
        'One row: the version of the tables that the software itself makes.';
    create table if not exists raw.deliveries (
        wave_id varchar not null,
        revision integer not null,
        purpose varchar not null,
        sha256 varchar not null,
        file_name varchar not null,
        format varchar not null,
        row_count bigint not null,
        table_name varchar not null,
        loaded_at timestamp not null,
        primary key (wave_id, revision)
    );
    comment on table raw.deliveries is 'One row per delivery ever loaded: a revision of its wave.';
    comment on column raw.deliveries.loaded_at is 'In UTC.';
    create table if not exists raw.differences (
        wave_id varchar not null,
        revision integer not null,
        rows_in bigint not null,
        rows_out bigint not null,
        rows_altered bigint not null,
        columns_in varchar[] not null,
        columns_out varchar[] not null,
        cells_altered map(varchar, bigint) not null,
        primary key (wave_id, revision)
    );
    comment on table raw.differences is
        'One row per revision after the first: what it changed in the revision before it.';
    create table if not exists raw.figures_before (
        wave_id varchar not null,
        revision integer not null,
        item_id varchar not null,
        breakdown varchar not null,
        group_code varchar not null,
        mean double not null,
        standard_error double,
        primary key (wave_id, revision, item_id, breakdown, group_code)
    );
    comment on table raw.figures_before is
        'One row per revision and figure that the marts showed of its wave when it was loaded.';
    create or replace view raw.waves as
    from raw.deliveries
    qualify row_number() over (partition by wave_id order by revision desc) = 1;
    comment on view raw.waves is 'One row per loaded wave: its latest delivery.';
"""  # noqa: S608

# From each version to the next; 0 is a warehouse from before it had one.
MIGRATIONS: Mapping[int, str] = {0: RAW_SCHEMA}


def version_of(connection: DuckDBPyConnection) -> int | None:
    """The version of an open warehouse; None where it has no lists yet."""
    names = {
        name
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
    }
    if "warehouse_version" in names:
        row = connection.execute("select max(version) from raw.warehouse_version").fetchone()
        return int(row[0]) if row and row[0] is not None else 0
    return 0 if "deliveries" in names else None


def is_current(connection: DuckDBPyConnection, warehouse: str) -> bool:
    """Whether an open warehouse has today's lists, or none yet.

    Raises WarehouseOutdated, naming the warehouse, where a newer version of the software made it.
    """
    version = version_of(connection)
    if version is not None and version > SCHEMA_VERSION:
        raise WarehouseOutdated(
            f"{warehouse} is of version {version}, and this software knows versions up to "
            f"{SCHEMA_VERSION}: use the software that made it, or a newer one. Nothing was changed."
        )
    return version in (None, SCHEMA_VERSION)


def bring_up_to_date(connection: DuckDBPyConnection, warehouse: str) -> None:
    """Make the lists in an open warehouse, or make those of an older version today's, in one step.

    Raises WarehouseOutdated where no migration leads from its version to today's.
    """
    version = version_of(connection)
    if version == SCHEMA_VERSION:
        return
    steps = [RAW_SCHEMA] if version is None else []
    for older in range(version or 0, SCHEMA_VERSION) if version is not None else ():
        if older not in MIGRATIONS:
            raise WarehouseOutdated(
                f"{warehouse} is of version {version}, and this software makes {SCHEMA_VERSION}: run "
                "`vakwerk rebuild`, which makes it again from the archive. Nothing was changed."
            )
        steps.append(MIGRATIONS[older])
    connection.begin()
    for step in steps:
        connection.execute(step)
    connection.commit()
