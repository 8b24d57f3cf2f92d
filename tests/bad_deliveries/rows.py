"""Bad deliveries in delimited text whose rows cannot be told apart, or break off."""

from __future__ import annotations

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import (
    BadDelivery,
    BytesChange,
    cut,
    followed_by,
)
from tests.bad_deliveries.expected import Expected, warned


def in_row(row: int, old: bytes, new: bytes) -> BytesChange:
    """The first of these bytes in a row replaced; the header is row 1."""

    def change(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        lines[row - 1] = lines[row - 1].replace(old, new, 1)
        return b"".join(lines)

    return change


CASES = (
    BadDelivery(
        "row with more cells",
        (Expected(Kind.UNREADABLE, "Rows have more cells than the header.", rows=(5,)),),
        content=in_row(5, b"\n", b",too,many\n"),
    ),
    BadDelivery(
        "rows with fewer cells",
        (
            Expected(
                Kind.UNREADABLE, "Rows have fewer cells than the header.", count=2, rows=(14, 15)
            ),
        ),
        content=followed_by(b"r1\nr2,BZK\n"),
    ),
    BadDelivery(
        "quote left open",
        (
            Expected(
                Kind.UNREADABLE,
                "Rows have a quote that is not closed, or not doubled inside a quoted value.",
                rows=(14,),
            ),
        ),
        content=followed_by(b'r9999,BZK,L,"1,1,1,1,ja\n'),
    ),
    BadDelivery(
        "quote inside a value",
        (
            Expected(
                Kind.UNREADABLE,
                "Rows have a quote that is not closed, or not doubled inside a quoted value.",
                rows=(4,),
            ),
        ),
        content=in_row(4, b"BZK", b'"B"ZK"'),
    ),
    BadDelivery(
        "text behind a quoted value",
        (
            Expected(
                Kind.UNREADABLE,
                "Rows have a quote that is not closed, or not doubled inside a quoted value.",
                rows=(4,),
            ),
        ),
        content=in_row(4, b"BZK", b'"BZK"x'),
    ),
    BadDelivery(
        "line ends mixed",
        (
            Expected(
                Kind.UNREADABLE,
                "The rows cannot be told apart, as where line ends are mixed: Invalid Input Error: The CSV Parser state machine reached an invalid state.",
            ),
        ),
        content=in_row(4, b"\n", b"\r\n"),
    ),
    BadDelivery(
        "line end of another kind half-way",
        (
            Expected(
                Kind.UNREADABLE,
                "The rows cannot be told apart, as where line ends are mixed: Invalid Input Error: The CSV Parser state machine reached an invalid state.",
            ),
        ),
        content=in_row(7, b"\n", b"\r"),
    ),
    BadDelivery(
        "file cut in its last row",
        (Expected(Kind.TRUNCATED, "The file breaks off in its last row, row 13.", rows=(13,)),),
        content=cut(-8),
    ),
    BadDelivery(
        "file cut in its last value",
        (
            warned(
                Kind.TRUNCATED,
                "The last row does not end its line: its last value may have been cut off.",
            ),
        ),
        content=cut(-1),
    ),
    BadDelivery(
        "remark below the rows",
        (Expected(Kind.UNREADABLE, "Rows have fewer cells than the header.", rows=(14,)),),
        content=followed_by(b"12 rijen\n"),
    ),
    BadDelivery(
        "delimiter that changes half-way",
        (
            Expected(
                Kind.UNREADABLE,
                "Rows have fewer cells than the header.",
                count=6,
                rows=(8, 9, 10, 11, 12),
            ),
        ),
        content=lambda content: content[:200] + content[200:].replace(b",", b";"),
    ),
    BadDelivery(
        "row with more cells between tabs",
        (Expected(Kind.UNREADABLE, "Rows have more cells than the header.", rows=(5,)),),
        file_name="bad_2022.tsv",
        content=in_row(5, b"\n", b"\ttoo\tmany\n"),
    ),
    BadDelivery(
        "tabs in a text file, cut off",
        (Expected(Kind.TRUNCATED, "The file breaks off in its last row, row 13.", rows=(13,)),),
        file_name="bad_2022.txt",
        content=cut(-8),
    ),
)
