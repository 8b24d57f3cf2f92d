"""Bad deliveries in columnar files, whose values have types."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import (
    BadDelivery,
    cut,
    instead,
    put,
)
from tests.bad_deliveries.expected import NO_WEIGHT, SHARED_ID, Expected, no_code
from tests.builders import RESPONDENT, csv_text, good_table

PARQUET = "bad_2022.parquet"
CSV = csv_text(good_table(rows=13)).encode()


def arrow(**columns: object) -> Callable[[Path], None]:
    """A Parquet file of the good delivery, some columns replaced by Arrow arrays."""

    def write(path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({**good_table(), **columns}), path)

    return write


def write_no_columns(path: Path) -> None:
    """A Parquet file without a column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({}), path)


CASES = (
    BadDelivery(
        "Parquet file cut off",
        (
            Expected(
                Kind.TRUNCATED,
                "The Parquet file is cut off or damaged: Parquet magic bytes not found in footer. Either the file is corrupted or this is not a parquet file.",
            ),
        ),
        file_name=PARQUET,
        content=cut(-100),
    ),
    BadDelivery(
        "Parquet file of no bytes",
        (
            Expected(
                Kind.TRUNCATED,
                "The Parquet file is cut off or damaged: Parquet file size is 0 bytes.",
            ),
        ),
        file_name=PARQUET,
        content=instead(b""),
    ),
    BadDelivery(
        "csv file under the name of a Parquet file",
        (
            Expected(
                Kind.TRUNCATED,
                "The Parquet file is cut off or damaged: Parquet magic bytes not found in footer. Either the file is corrupted or this is not a parquet file.",
            ),
        ),
        file_name=PARQUET,
        content=instead(CSV),
    ),
    BadDelivery(
        "Parquet file damaged in a column",
        (
            Expected(
                Kind.TRUNCATED,
                "The Parquet file is cut off or damaged: Invalid Input Error: Failed to read file: Snappy decompression failure.",
            ),
        ),
        file_name=PARQUET,
        content=lambda content: content[:60] + b"\xff" * 40 + content[100:],
    ),
    BadDelivery(
        "Parquet file without columns",
        (Expected(Kind.EMPTY, "The file is empty."),),
        file_name=PARQUET,
        write=write_no_columns,
    ),
    BadDelivery(
        "code outside the scale in a Parquet file",
        (no_code("v1", (2,), {"9": 1}),),
        file_name=PARQUET,
        table=put("v1", {3: "9"}),
    ),
    BadDelivery(
        "doubled respondent id in a Parquet file",
        (
            Expected(
                Kind.DOUBLED_RESPONDENT_ID, SHARED_ID, "nr", 2, rows=(1, 3), values={"r0001": 2}
            ),
        ),
        file_name=PARQUET,
        table=put(RESPONDENT, {4: "r0001"}),
    ),
    BadDelivery(
        "list in the place of a code",
        (no_code("v1", (1, 2, 3, 4, 5), {"[1, 2]": 12}),),
        file_name=PARQUET,
        write=arrow(v1=[["1", "2"]] * 12),
    ),
    BadDelivery(
        "weights that are no numbers",
        (
            Expected(
                Kind.INVALID_WEIGHT,
                NO_WEIGHT,
                "gewicht",
                2,
                rows=(1, 2),
                values={"inf": 1, "nan": 1},
            ),
        ),
        file_name=PARQUET,
        write=arrow(gewicht=[float("nan"), float("inf"), *[1.0] * 10]),
    ),
    BadDelivery(
        "codes as booleans",
        (no_code("v1", (1,), {"true": 1}),),
        file_name=PARQUET,
        write=arrow(v1=[True, *[None] * 11]),
    ),
)
