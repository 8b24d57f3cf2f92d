"""The rows: a person leaves the warehouse, and their wave gets a revision by it.

What belongs here: the one transaction that deletes. What does not: what is computed from the rows,
which a refresh computes again, and their bytes, which `rewriting` takes out of the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from orchestration.deliveries.archive import REDACTED
from orchestration.deliveries.differences import Difference
from orchestration.deliveries.erasure.certificate import Certificate, Removal
from orchestration.deliveries.erasure.files import redacted_in
from orchestration.deliveries.erasure.person import Person, hidden_id
from orchestration.deliveries.ledger import keep_ledger
from orchestration.deliveries.revising import add_revision, keep_difference
from orchestration.deliveries.warehouse import connected, loaded_waves, state
from orchestration.settings import Settings
from orchestration.sql import identifier

# The column by which every table after the raw ones knows a respondent.
RESPONDENT_KEY = "respondent_key"
KEYED_TABLES = """
    select schema_name, table_name
    from duckdb_columns() inner join duckdb_tables() using (database_name, schema_name, table_name)
    where database_name = current_database() and column_name = ?
    order by all
"""


def erase_rows(settings: Settings, person: Person, certificate: Certificate) -> Iterator[Removal]:
    """The person's rows leave the warehouse, and the wave gets a revision, in one transaction."""
    loaded = state(settings).get(person.wave_id)
    if loaded is None:
        return
    hidden = hidden_id(settings, person)
    with connected(settings) as connection:
        connection.begin()
        for checksum in redacted_in(settings.archive, person.wave_id):
            connection.execute(
                "update raw.deliveries set format = ? where wave_id = ? and sha256 = ?",
                [REDACTED.removeprefix("."), person.wave_id, checksum],
            )
        rows = _delete(connection, "raw", loaded.table_name, person.respondent_column, hidden)
        if rows:
            certificate.revision_before = certificate.revision_before or loaded.revision
            certificate.revision_after = loaded.revision + 1
            yield Removal(settings.warehouse.name, "deleted", f"raw.{loaded.table_name}", rows)
            figures = connection.execute(
                "delete from raw.figures_before where wave_id = ?", [person.wave_id]
            ).fetchone()
            if figures and figures[0]:
                yield Removal(settings.warehouse.name, "deleted", "raw.figures_before", figures[0])
            _list_revision(connection, person.wave_id, rows)
        for schema, table in connection.execute(KEYED_TABLES, [RESPONDENT_KEY]).fetchall():
            if rows := _delete(connection, schema, table, RESPONDENT_KEY, hidden):
                yield Removal(settings.warehouse.name, "deleted", f"{schema}.{table}", rows)
        connection.commit()
        # Also where a killed call came so far: the figures that it deleted may stand there.
        keep_ledger(connection, settings)


def _delete(
    connection: DuckDBPyConnection, schema: str, table: str, column: str, hidden: str
) -> int:
    deleted = connection.execute(
        f"delete from {identifier(schema)}.{identifier(table)} where {identifier(column)} = ?",  # noqa: S608
        [hidden],
    ).fetchone()
    assert deleted is not None
    return int(deleted[0])


def _list_revision(connection: DuckDBPyConnection, wave_id: str, rows: int) -> None:
    """List the erasure as a revision of the wave, by which the models count the wave anew."""
    loaded = loaded_waves(connection)[wave_id]
    revision = add_revision(
        connection,
        wave_id,
        purpose="erasure",
        sha256=loaded.sha256,
        file_name=loaded.file_name,
        format=loaded.format,
        row_count=loaded.row_count - rows,
    )
    keep_difference(connection, wave_id, revision, Difference(0, rows, 0, (), (), {}))
