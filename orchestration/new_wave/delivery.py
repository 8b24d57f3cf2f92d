"""The file of a new wave as far as a codebook needs it: columns, texts, codes and their labels.

What belongs here: reading that from any format that deliveries have. What does not: what a column
is, which the other modules work out. Answers are seen as codes only: a column with more different
values than a question has is counted, and its values are not kept.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from orchestration.deliveries import privacy
from orchestration.deliveries.accepted import exclusive
from orchestration.deliveries.arriving import arrival_at
from orchestration.deliveries.checking_columns import doubled_columns
from orchestration.deliveries.formats import READERS, format_of
from orchestration.deliveries.formats.reading import Reading
from orchestration.deliveries.formats.table import TABLE, DeliveredColumn
from orchestration.deliveries.private import private_folder
from orchestration.deliveries.report import Report, Severity
from orchestration.new_wave.errors import NewWaveError
from orchestration.settings import Settings
from orchestration.sql import identifier

MOST_CODES = 200
FEWEST_ROWS_A_VALUE = 5
SAMPLE = 200


@dataclass(frozen=True)
class Delivered:
    """One column: its question's `text` where known, the labels of its codes, and what came in it.

    `codes` are its different values, None where there are too many to be codes; `filled` is the
    number of rows with a value; `remark` says which personal data it seems to hold.
    """

    name: str
    text: str
    value_labels: Mapping[str, str]
    codes: tuple[str, ...] | None
    filled: int
    remark: str | None

    @property
    def all_codes(self) -> tuple[str, ...]:
        """The codes that came or have a label."""
        return tuple(dict.fromkeys([*self.value_labels, *(self.codes or ())]))

    @property
    def seems_coded(self) -> bool:
        """Whether its values come so often that they are codes, and may be shown."""
        if self.remark or self.codes is None:
            return False
        return bool(self.value_labels) or len(self.codes) * FEWEST_ROWS_A_VALUE <= self.filled


@dataclass(frozen=True)
class NewDelivery:
    """A file of a wave that the codebook does not have yet."""

    file_name: str
    row_count: int
    columns: tuple[Delivered, ...]


def read_delivery(
    path: Path, settings: Settings, wordings: Mapping[str, str] | None = None
) -> NewDelivery:
    """Read a file, as the manifest beside it says if there is one; `path` may be its folder.

    `wordings` are question texts by column, for a file that carries none. Raises NewWaveError where
    it cannot be read whole, or a column comes twice.
    """
    arrival = arrival_at(path)
    file = arrival.file
    reader = READERS.get(format_of(file.name) or "")
    if reader is None:
        raise NewWaveError(
            f"{path}: there is no reader for it; a file ends in {', '.join(READERS)}."
        )
    with _workplace(settings) as folder, duckdb.connect(folder / "delivery.duckdb") as connection:
        reading = arrival.manifest.reading if arrival.manifest else Reading()
        table = reader(file, connection, folder, reading)
        found = (*arrival.problems, *table.problems)
        refusing = [problem for problem in found if problem.severity is Severity.REFUSE]
        refusing += doubled_columns(table.columns)
        if refusing or not table.row_count:
            report = Report(file.name, None, "", problems=tuple(refusing))
            verdict = report.summary if refusing else f"{file.name} has no rows."
            raise NewWaveError(f"{verdict}\n`vakwerk check {path}` says what to mend first.")
        given = dict(wordings or {})
        if unknown := given.keys() - {column.name for column in table.columns}:
            listed = ", ".join(map(repr, sorted(unknown)))
            raise NewWaveError(f"The wordings are of columns that {file.name} lacks: {listed}.")
        columns = tuple(_delivered(connection, column, given) for column in table.columns)
    return NewDelivery(arrival.file_name, table.row_count, columns)


def read_wordings(path: Path) -> dict[str, str]:
    """The question texts of a csv file with the columns `column` and `text`, by column.

    Raises NewWaveError where it cannot be read or names a column twice.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        pairs = [(row["column"], row["text"] or "") for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error, KeyError) as error:
        raise NewWaveError(
            f"{path} cannot be read ({error}): it is a csv in UTF-8 with the columns column and text."
        ) from error
    texts = dict(pairs)
    if len(texts) < len(pairs):
        raise NewWaveError(f"{path} names a column twice: give each column one text.")
    return texts


@contextmanager
def _workplace(settings: Settings) -> Iterator[Path]:
    """A private folder for the file's rows; what a killed process left in it is cleared away."""
    with exclusive(settings.accepted):
        folder = settings.accepted / ".new_wave"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            yield private_folder(folder)
        finally:
            shutil.rmtree(folder)


def _delivered(
    connection: DuckDBPyConnection, column: DeliveredColumn, wordings: Mapping[str, str]
) -> Delivered:
    name = identifier(column.label)
    values = connection.execute(
        f"select {name}, count(*) from {TABLE} where trim({name}) <> '' group by 1 "  # noqa: S608
        f"order by try_cast({name} as double) nulls last, 1 limit {MOST_CODES + 1}"
    ).fetchall()
    filled = sum(rows for _, rows in values)
    if len(values) > MOST_CODES:
        query = f"select count(*) from {TABLE} where trim({name}) <> ''"  # noqa: S608
        (filled,) = connection.execute(query).fetchone() or (0,)
    return Delivered(
        name=column.name,
        text=" ".join((wordings.get(column.name) or column.text).split()),
        value_labels=column.value_labels,
        codes=None if len(values) > MOST_CODES else tuple(value for value, _ in values),
        filled=filled,
        remark=privacy.remark(column.name, [value for value, _ in values[:SAMPLE]]),
    )
