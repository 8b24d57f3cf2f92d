"""Accepted deliveries: what passed the door and waits to be loaded, one a wave.

`accepted/<wave>.duckdb` holds the table `delivered` (every column text, in the file's order), its
value labels and what is known of the file; `accepted/<wave><suffix>` is the file itself, and
`accepted/<wave>.held` says why it is held back, if it is. What belongs here: writing, finding and
removing these, by one process at a time. What does not:
judging them.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.deliveries.archive import Original
from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.formats.table import DeliveredColumn
from orchestration.deliveries.private import owner_only, private_folder


@dataclass(frozen=True)
class Waiting:
    """What is known of an accepted delivery; `modified` is its source's, in nanoseconds.

    `manifest` is a manifest of the delivery as it was read, as YAML; `purpose` and `manifest_source`
    are what the sender's own said, and where that lies, if there was one.
    """

    wave_id: str
    respondent_column: str
    sha256: str
    file_name: str
    format: str
    row_count: int
    source: str
    size: int
    modified: int
    purpose: str | None = None
    manifest: str = ""
    manifest_source: str | None = None


@contextmanager
def exclusive(accepted: Path) -> Iterator[None]:
    """Let one process at a time through the door; another waits here until it is done."""
    private_folder(accepted)
    with owner_only(), (accepted / ".lock").open("w") as lock:
        # The lock ends with the process, however that ends.
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def describe(
    connection: DuckDBPyConnection, waiting: Waiting, columns: Sequence[DeliveredColumn]
) -> None:
    """Write what is known of the delivery beside its table `delivered`."""
    connection.execute(
        """
        create table delivery (
            wave_id varchar, respondent_column varchar, sha256 varchar, file_name varchar,
            format varchar, row_count bigint, source varchar, size bigint, modified bigint,
            purpose varchar, manifest varchar, manifest_source varchar
        );
        create table value_labels (column_name varchar, code varchar, label varchar);
        """
    )
    values = astuple(waiting)
    places = ", ".join("?" * len(values))
    connection.execute(f"insert into delivery values ({places})", values)  # noqa: S608
    labels = [
        (column.label, code, label)
        for column in columns
        for code, label in column.value_labels.items()
    ]
    if labels:
        connection.executemany("insert into value_labels values (?, ?, ?)", labels)


def keep(accepted: Path, wave_id: str, database: Path, original: Original) -> Path:
    """Give an accepted delivery its place, instead of an earlier one of the wave."""
    remove(accepted, wave_id)
    original.copy.replace(file_of(accepted, wave_id, original.suffix))
    # The database comes last: a delivery is accepted when it is there.
    return database.replace(database_of(accepted, wave_id))


def remove(accepted: Path, wave_id: str) -> None:
    """Take the accepted delivery of a wave away, if there is one: its database first."""
    database_of(accepted, wave_id).unlink(missing_ok=True)
    for path in accepted.glob(f"{wave_id}.*"):
        path.unlink(missing_ok=True)


def database_of(accepted: Path, wave_id: str) -> Path:
    """The database of a wave's accepted delivery."""
    return accepted / f"{wave_id}.duckdb"


def file_of(accepted: Path, wave_id: str, suffix: str) -> Path:
    """The file itself of a wave's accepted delivery."""
    return accepted / f"{wave_id}{suffix}"


def waiting_for(accepted: Path, wave_id: str) -> Waiting | None:
    """What is known of a wave's accepted delivery; None where none waits."""
    path = database_of(accepted, wave_id)
    if not path.exists():
        return None
    try:
        with duckdb.connect(path, read_only=True) as connection:
            row = connection.execute("from delivery").fetchone()
    except duckdb.Error as error:
        raise DeliveryError(
            f"{path} cannot be read ({error}): remove it, and deliver the file again."
        ) from error
    return Waiting(*row) if row else None


def keep_back(accepted: Path, wave_id: str, reason: str) -> None:
    """Let the accepted delivery of a wave wait until it is released."""
    _held(accepted, wave_id).write_text(reason, encoding="utf-8")


def held_because(accepted: Path, wave_id: str) -> str | None:
    """Why the accepted delivery of a wave is held back; None where it is not."""
    place = _held(accepted, wave_id)
    return place.read_text(encoding="utf-8") if place.exists() else None


def let_go(accepted: Path, wave_id: str) -> Waiting:
    """Let a delivery that was held back be loaded with the next run; gives what is known of it.

    Raises DeliveryError where none of the wave is held.
    """
    waiting = waiting_for(accepted, wave_id)
    if waiting is None or held_because(accepted, wave_id) is None:
        raise DeliveryError(
            f"No delivery of wave {wave_id} is held; `vakwerk status` lists those that are."
        )
    _held(accepted, wave_id).unlink()
    return waiting


def to_load(accepted: Path, wave_id: str) -> Waiting | None:
    """What is known of a wave's accepted delivery that may be loaded; None where none waits for that."""
    return None if held_because(accepted, wave_id) else waiting_for(accepted, wave_id)


def column_count(accepted: Path, wave_id: str) -> int:
    """How many columns a wave's accepted delivery has."""
    with duckdb.connect(database_of(accepted, wave_id), read_only=True) as connection:
        return len(connection.execute("describe delivered").fetchall())


def _held(accepted: Path, wave_id: str) -> Path:
    return accepted / f"{wave_id}.held"
