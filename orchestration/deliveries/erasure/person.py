"""The person: whom to forget, by the id that was delivered and by its hash."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.codebook import Codebook
from orchestration.deliveries.errors import DeliveryError
from orchestration.deliveries.pseudonyms import parameters, pseudonym, read_key
from orchestration.deliveries.tombstones import tombstones_file
from orchestration.deliveries.warehouse import state
from orchestration.settings import Settings


class ErasureError(DeliveryError):
    """A respondent cannot be forgotten as asked; the message says what to do, and names nobody."""


@dataclass(frozen=True)
class Person:
    """Whom to forget: the id as it was delivered, and the column that holds the wave's ids."""

    wave_id: str
    respondent_id: str
    respondent_column: str


def person_of(settings: Settings, wave_id: str, respondent_id: str) -> Person:
    """The respondent of a wave who has this id.

    Raises ErasureError for a wave that the codebook does not have, or an empty id.
    """
    codebook = Codebook(settings.codebook)
    if wave_id not in codebook.waves:
        known = ", ".join(codebook.waves)
        raise ErasureError(f"Wave {wave_id!r} is not in waves.csv, which has {known}.")
    if not respondent_id:
        raise ErasureError("No respondent was named: give the id as it was delivered.")
    columns = codebook.columns(wave_id).items()
    found = [name for name, column in columns if "respondent" in column.kinds]
    if len(found) != 1:
        raise ErasureError(
            f"attribute_columns.csv names {len(found)} columns of kind respondent for wave "
            f"{wave_id}; a wave has one."
        )
    return Person(wave_id, respondent_id, found[0])


def hidden_id(settings: Settings, person: Person) -> str:
    """The pseudonym of a person. Raises DeliveryError where the key is gone."""
    is_first = not state(settings) and not tombstones_file(settings).exists()
    key = read_key(settings.key_file, may_create=is_first)
    with duckdb.connect() as connection:
        row = connection.execute(
            f"select {pseudonym('id')} from (select $id as id)",  # noqa: S608
            {"id": person.respondent_id, **parameters(key, person.wave_id)},
        ).fetchone()
    assert row is not None
    return str(row[0])
