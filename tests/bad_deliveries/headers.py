"""Bad deliveries in delimited text whose header is missing, misplaced or no header at all."""

from __future__ import annotations

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import (
    BadDelivery,
    instead,
    replaced,
)
from tests.bad_deliveries.expected import (
    NO_WEIGHT,
    SHARED_ID,
    Expected,
    missing,
    no_code,
    no_group,
    unknown,
)
from tests.builders import csv_text, good_table

CASES = (
    BadDelivery("no bytes", (Expected(Kind.EMPTY, "The file is empty."),), content=instead(b"")),
    BadDelivery(
        "blank line alone", (Expected(Kind.EMPTY, "The file is empty."),), content=instead(b"\n")
    ),
    BadDelivery(
        "header alone",
        (Expected(Kind.EMPTY, "The file has no rows."),),
        content=instead(csv_text(good_table(rows=0)).encode()),
    ),
    BadDelivery(
        "header of another file alone",
        (
            Expected(Kind.EMPTY, "The file has no rows."),
            unknown("a"),
            unknown("b"),
            *missing(),
        ),
        content=instead(b"a,b\n"),
    ),
    BadDelivery(
        "blank line before the header",
        (Expected(Kind.UNREADABLE, "The first row is blank; it has to name the columns."),),
        content=lambda content: b"\n" + content,
    ),
    BadDelivery(
        "title before the header",
        (
            Expected(
                Kind.UNREADABLE,
                "Rows have more cells than the header.",
                count=13,
                rows=(2, 3, 4, 5, 6),
            ),
            unknown("Export van 1 juni"),
            *missing(),
        ),
        content=lambda content: b"Export van 1 juni\n" + content,
    ),
    BadDelivery(
        "separator named before the header",
        (
            Expected(
                Kind.UNREADABLE,
                "Rows have more cells than the header.",
                count=13,
                rows=(2, 3, 4, 5, 6),
            ),
            unknown("sep="),
            unknown("column1"),
            *missing(),
        ),
        content=lambda content: b"sep=,\n" + content,
    ),
    BadDelivery(
        "no header",
        (
            Expected(
                Kind.DOUBLED_COLUMN,
                "The name is used 3 times: columns 4 ('1'), 5 ('1'), 7 ('1').",
                "1",
                3,
            ),
            unknown("r0001"),
            unknown("BZK"),
            unknown("L"),
            unknown("1"),
            unknown("1"),
            unknown("3"),
            unknown("1"),
            unknown("ja"),
            *missing(),
        ),
        content=lambda content: content.split(b"\n", 1)[1],
    ),
    BadDelivery(
        "header once more",
        (
            Expected(
                Kind.DOUBLED_RESPONDENT_ID,
                SHARED_ID,
                "nr",
                24,
                rows=(2, 3, 4, 5, 6),
                values={
                    "r0001": 2,
                    "r0002": 2,
                    "r0003": 2,
                    "r0004": 2,
                    "r0005": 2,
                    "r0006": 2,
                    "r0007": 2,
                    "r0008": 2,
                    "r0009": 2,
                    "r0010": 2,
                },
            ),
            no_group("org", (14,), {"org": 1}),
            no_group("rol", (14,), {"rol": 1}),
            Expected(Kind.INVALID_WEIGHT, NO_WEIGHT, "gewicht", rows=(14,), values={"gewicht": 1}),
            no_code("v1", (14,), {"v1": 1}),
            no_code("v2", (14,), {"v2": 1}),
            no_code("v3", (14,), {"v3": 1}),
        ),
        content=lambda content: content + content,
    ),
    BadDelivery(
        "header with a quote left open",
        (Expected(Kind.UNREADABLE, "The header cannot be read: unexpected end of data."),),
        content=replaced(b"nr,", b'"nr,'),
    ),
    BadDelivery(
        "page of a web site",
        (
            unknown("<!doctype html>"),
            *missing(),
        ),
        content=instead(b"<!doctype html>\n<html><body>Inloggen</body></html>\n"),
    ),
    BadDelivery(
        "picture",
        (
            Expected(
                Kind.WRONG_ENCODING,
                "The file has zero bytes: it is UTF-16 or UTF-32 text, or no text at all.",
            ),
        ),
        content=instead(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1"),
    ),
    BadDelivery(
        "workbook under the name of a csv file",
        (
            Expected(
                Kind.WRONG_ENCODING,
                "The file has zero bytes: it is UTF-16 or UTF-32 text, or no text at all.",
            ),
        ),
        content=instead(b"PK\x03\x04\x14\0\0\0\x08\0"),
    ),
)
