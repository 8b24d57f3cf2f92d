"""Bad deliveries in gzip files."""

from __future__ import annotations

import gzip

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import BadDelivery, cut, followed_by, instead, put
from tests.bad_deliveries.expected import Expected, no_code
from tests.builders import csv_text, good_table

GZIPPED = "bad_2022.csv.gz"
CSV = csv_text(good_table(rows=13)).encode()


CASES = (
    BadDelivery(
        "gzip file cut off",
        (
            Expected(
                Kind.TRUNCATED,
                "The packed file is cut off or damaged: Compressed file ended before the end-of-stream marker was reached.",
            ),
        ),
        file_name=GZIPPED,
        content=cut(-40),
    ),
    BadDelivery(
        "gzip file without its checksum",
        (
            Expected(
                Kind.TRUNCATED,
                "The packed file is cut off or damaged: Compressed file ended before the end-of-stream marker was reached.",
            ),
        ),
        file_name=GZIPPED,
        content=cut(-8),
    ),
    BadDelivery(
        "gzip file with another checksum",
        (
            Expected(
                Kind.TRUNCATED,
                "The packed file is cut off or damaged: CRC check failed 0x0 != 0xcb154363.",
            ),
        ),
        file_name=GZIPPED,
        content=lambda content: content[:-8] + bytes(4) + content[-4:],
    ),
    BadDelivery(
        "gzip file damaged in the middle",
        (
            Expected(
                Kind.TRUNCATED,
                "The packed file is cut off or damaged: CRC check failed 0xc4ffffff != 0x5134e740.",
            ),
        ),
        file_name=GZIPPED,
        content=lambda content: content[:60] + b"\xff" * 4 + content[64:],
    ),
    BadDelivery(
        "gzip file with something behind it",
        (
            Expected(
                Kind.TRUNCATED, "The packed file is cut off or damaged: Not a gzipped file (b'ta')."
            ),
        ),
        file_name=GZIPPED,
        content=followed_by(b"tail"),
    ),
    BadDelivery(
        "gzip file of no bytes",
        (Expected(Kind.EMPTY, "The file is empty."),),
        file_name=GZIPPED,
        content=instead(b""),
    ),
    BadDelivery(
        "gzip file of an empty file",
        (Expected(Kind.EMPTY, "The file is empty."),),
        file_name=GZIPPED,
        content=instead(gzip.compress(b"", mtime=0)),
    ),
    BadDelivery(
        "csv file under the name of a gzip file",
        (
            Expected(
                Kind.TRUNCATED, "The packed file is cut off or damaged: Not a gzipped file (b'nr')."
            ),
        ),
        file_name=GZIPPED,
        content=instead(CSV),
    ),
    BadDelivery(
        "gzip file in a gzip file",
        (
            Expected(
                Kind.WRONG_ENCODING,
                "The file has zero bytes: it is UTF-16 or UTF-32 text, or no text at all.",
            ),
        ),
        file_name=GZIPPED,
        content=lambda content: gzip.compress(content, mtime=0),
    ),
    BadDelivery(
        "code outside the scale in a gzip file",
        (no_code("v1", (3,), {"9": 1}),),
        file_name=GZIPPED,
        table=put("v1", {3: "9"}),
    ),
    BadDelivery(
        "gzipped SPSS file cut off",
        (
            Expected(
                Kind.TRUNCATED,
                "The packed file is cut off or damaged: Compressed file ended before the end-of-stream marker was reached.",
            ),
        ),
        file_name="bad_2022.sav.gz",
        content=cut(-20),
    ),
)
