"""Bad deliveries in zip files."""

from __future__ import annotations

import io
import zipfile

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import BadDelivery, cut, instead, put
from tests.bad_deliveries.expected import Expected, no_code
from tests.builders import csv_text, good_table

ZIPPED = "bad_2022.zip"
CSV = csv_text(good_table(rows=13)).encode()


def packed_with(*files: tuple[str, bytes]) -> bytes:
    """A zip file of these."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files:
            target.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def locked(content: bytes) -> bytes:
    """The zip file with the mark of a password on its file, which stands there twice."""
    for start, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        flags = content.index(start) + place
        content = content[:flags] + b"\x01" + content[flags + 1 :]
    return content


CASES = (
    BadDelivery(
        "zip file cut off",
        (
            Expected(
                Kind.TRUNCATED, "The packed file is cut off or damaged: File is not a zip file."
            ),
        ),
        file_name=ZIPPED,
        content=cut(-40),
    ),
    BadDelivery(
        "zip file of no bytes",
        (
            Expected(
                Kind.TRUNCATED, "The packed file is cut off or damaged: File is not a zip file."
            ),
        ),
        file_name=ZIPPED,
        content=instead(b""),
    ),
    BadDelivery(
        "csv file under the name of a zip file",
        (
            Expected(
                Kind.TRUNCATED, "The packed file is cut off or damaged: File is not a zip file."
            ),
        ),
        file_name=ZIPPED,
        content=instead(CSV),
    ),
    BadDelivery(
        "zip file damaged in the middle",
        (
            Expected(
                Kind.TRUNCATED,
                "The packed file is cut off or damaged: Error -3 while decompressing data: invalid bit length repeat.",
            ),
        ),
        file_name=ZIPPED,
        content=lambda content: content[:80] + b"\xff" * 8 + content[88:],
    ),
    BadDelivery(
        "zip file with another checksum",
        (
            Expected(
                Kind.TRUNCATED,
                "The packed file is cut off or damaged: Bad CRC-32 for file 'bad_2022.csv'.",
            ),
        ),
        file_name=ZIPPED,
        content=instead(packed_with(("bad_2022.csv", CSV)).replace(b"r0004,FIN", b"r0004,BZK")),
    ),
    BadDelivery(
        "zip file of nothing",
        (Expected(Kind.UNREADABLE, "The zip file holds 0 files instead of one."),),
        file_name=ZIPPED,
        content=instead(packed_with()),
    ),
    BadDelivery(
        "zip file of two files",
        (
            Expected(
                Kind.UNREADABLE,
                "The zip file holds 2 files instead of one: 'a_2022.csv', 'b_2022.csv'.",
            ),
        ),
        file_name=ZIPPED,
        content=instead(packed_with(("a_2022.csv", CSV), ("b_2022.csv", CSV))),
    ),
    BadDelivery(
        "zip file of six files",
        (
            Expected(
                Kind.UNREADABLE,
                "The zip file holds 6 files instead of one: '0.csv', '1.csv', '2.csv', '3.csv', '4.csv', ….",
            ),
        ),
        file_name=ZIPPED,
        content=instead(packed_with(*((f"{number}.csv", CSV) for number in range(6)))),
    ),
    BadDelivery(
        "zip file of a folder",
        (Expected(Kind.UNREADABLE, "The zip file holds 'answers/', which lies in a folder."),),
        file_name=ZIPPED,
        content=instead(packed_with(("answers/", b""))),
    ),
    BadDelivery(
        "zip file of a file in a folder",
        (
            Expected(
                Kind.UNREADABLE, "The zip file holds 'answers/2022.csv', which lies in a folder."
            ),
        ),
        file_name=ZIPPED,
        content=instead(packed_with(("answers/2022.csv", CSV))),
    ),
    BadDelivery(
        "zip file that climbs out of its folder",
        (
            Expected(
                Kind.UNREADABLE, "The zip file holds '../../warehouse.csv', which lies in a folder."
            ),
        ),
        file_name=ZIPPED,
        content=instead(packed_with(("../../warehouse.csv", CSV))),
    ),
    BadDelivery(
        "zip file of a document",
        (
            Expected(
                Kind.UNSUPPORTED_FORMAT,
                "The zip file holds '2022.docx', and there is no reader for its ending.",
            ),
        ),
        file_name=ZIPPED,
        content=instead(packed_with(("2022.docx", CSV))),
    ),
    BadDelivery(
        "zip file in a zip file",
        (
            Expected(
                Kind.UNSUPPORTED_FORMAT,
                "The zip file holds '2022.zip', and there is no reader for its ending.",
            ),
        ),
        file_name=ZIPPED,
        content=lambda content: packed_with(("2022.zip", content)),
    ),
    BadDelivery(
        "zip file with a password",
        (Expected(Kind.UNREADABLE, "The zip file has a password."),),
        file_name=ZIPPED,
        content=locked,
    ),
    BadDelivery(
        "zip file of an empty file",
        (Expected(Kind.EMPTY, "The file is empty."),),
        file_name=ZIPPED,
        content=instead(packed_with(("2022.csv", b""))),
    ),
    BadDelivery(
        "code outside the scale in a zip file",
        (no_code("v1", (3,), {"9": 1}),),
        file_name=ZIPPED,
        table=put("v1", {3: "9"}),
    ),
)
