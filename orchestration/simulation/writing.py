"""A synthetic wave as a file, in each of the formats that a delivery may have.

What belongs here: the files. What does not: what stands in them (`delivery.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from orchestration.codebook import Codebook
from orchestration.simulation.delivery import DeliveredColumn, deliver
from orchestration.simulation.options import Effects, Format
from orchestration.simulation.parameters import Parameters, SimulationError
from orchestration.simulation.wave import Progress, simulate

# A sheet's rows less its header.
XLSX_RESPONDENTS = 2**20 - 1
XLSX_SLICE = 10_000
SAV_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,63}")
# Where an SPSS file holds the date and time of its creation.
SAV_CREATED = 92

Columns = Mapping[str, DeliveredColumn]
Choice = TypeVar("Choice", bound=StrEnum)


def simulate_wave(
    codebook: Codebook,
    wave_id: str,
    respondents: int,
    seed: int,
    format: str,
    effects: str,
    output: Path,
    progress: Progress | None = None,
) -> Path:
    """Writes a synthetic wave as its sender would deliver it, and gives the path of the file.

    `output` is that file, or a folder, where it is named after the survey and the wave. The same
    arguments give the same bytes: files are dated on the last day of the fieldwork. Raises
    SimulationError for an unknown wave, format or kind of effects, and for parameters that do not
    fit the codebook.
    """
    writer = _WRITERS[_one_of(Format, format, "format")]
    kind = _one_of(Effects, effects, "kind of effects")
    parameters = Parameters.read(codebook.folder.parent / "simulation")
    wave = simulate(codebook, parameters, wave_id, respondents, seed, kind, progress)
    columns = deliver(codebook, wave, parameters.marker)
    if output.is_dir():
        output = output / f"{codebook.survey['survey_id']}_{wave_id}.{format}"
    output.parent.mkdir(parents=True, exist_ok=True)
    # Who watches the folder sees the whole file or none.
    unfinished = output.with_name(f".{output.name}.unfinished")
    try:
        writer(columns, date.fromisoformat(codebook.waves[wave_id].fieldwork_end), unfinished)
        unfinished.replace(output)
    finally:
        unfinished.unlink(missing_ok=True)
    return output


def _one_of(choices: type[Choice], given: str, what: str) -> Choice:
    try:
        return choices(given)
    except ValueError:
        raise SimulationError(
            f"{given!r} is no {what}: it is one of {', '.join(choices)}."
        ) from None


def _write_csv(columns: Columns, _: date, path: Path) -> None:
    import duckdb

    with duckdb.connect() as connection:
        connection.from_arrow(_table(columns)).write_csv(str(path))


def _write_parquet(columns: Columns, _: date, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(_table(columns), path, compression="zstd")


def _write_sav(columns: Columns, created: date, path: Path) -> None:
    import pandas as pd
    import pyreadstat

    unfit = [name for name in columns if not SAV_NAME.fullmatch(name)]
    if unfit:
        raise SimulationError(
            f"An SPSS file cannot hold columns named {', '.join(map(repr, unfit))}: "
            "ask for another format."
        )
    numbers = {name: column for name, column in columns.items() if column.is_number}
    pyreadstat.write_sav(
        pd.DataFrame({name: _cells(column).to_pandas() for name, column in columns.items()}),
        path,
        column_labels={name: column.question for name, column in columns.items()},
        variable_value_labels={
            name: {int(code): label for code, label in column.labels.items()}
            for name, column in numbers.items()
        },
        missing_ranges={
            name: [int(code) for code in column.missing]
            for name, column in numbers.items()
            if column.missing
        },
        variable_format=dict.fromkeys(numbers, "F8.0"),
        row_compress=True,
    )
    with path.open("r+b") as file:
        file.seek(SAV_CREATED)
        file.write(f"{created:%d %b %y}00:00:00".encode("ascii"))


def _write_xlsx(columns: Columns, created: date, path: Path) -> None:
    import xlsxwriter

    respondents = len(next(iter(columns.values())).values)
    if respondents > XLSX_RESPONDENTS:
        raise SimulationError(
            f"A sheet holds {XLSX_RESPONDENTS} respondents, not {respondents}: "
            "ask for another format."
        )
    # Row by row and slice by slice, so that memory does not grow with the sheet.
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        workbook.set_properties({"created": datetime.combine(created, time())})
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, columns)
        for start in range(0, respondents, XLSX_SLICE):
            cells = [_cells(column, start, XLSX_SLICE).to_pylist() for column in columns.values()]
            for row, values in enumerate(zip(*cells, strict=True), start=start + 1):
                sheet.write_row(row, 0, values)


def _table(columns: Columns) -> pa.Table:
    return pa.table({name: column.values for name, column in columns.items()})


def _cells(column: DeliveredColumn, start: int = 0, length: int | None = None) -> pa.Array:
    """The values as a format with numbers holds them: numbers where all codes are, else text."""
    text = column.values.slice(start, length).cast(pa.string())
    return text.cast(pa.float64()) if column.is_number else text


_WRITERS: Mapping[Format, Callable[[Columns, date, Path], None]] = {
    Format.CSV: _write_csv,
    Format.SAV: _write_sav,
    Format.XLSX: _write_xlsx,
    Format.PARQUET: _write_parquet,
}
