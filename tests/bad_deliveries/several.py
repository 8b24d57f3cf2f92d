"""Bad deliveries with several faults: each is told, and none hides another."""

from __future__ import annotations

from orchestration.deliveries.report import Kind
from tests.bad_deliveries.cases import (
    BadDelivery,
    BytesChange,
    TableChange,
    Values,
    added,
    put,
    without,
)
from tests.bad_deliveries.expected import (
    NO_WEIGHT,
    SHARED_ID,
    Expected,
    missing,
    no_code,
    no_group,
    unknown,
    warned,
)
from tests.builders import MARKER, RESPONDENT, ROLE, STRATUM, WEIGHT


def together(*changes: TableChange) -> TableChange:
    """Changes of the table one after the other."""

    def change(table: Values) -> None:
        for each in changes:
            each(table)

    return change


def on_rows(**lines: bytes) -> BytesChange:
    """Lines that stand in the place of others, by `row_<row>`; the header is row 1."""

    def change(content: bytes) -> bytes:
        rows = content.splitlines(keepends=True)
        for row, line in lines.items():
            rows[int(row.removeprefix("row_")) - 1] = line
        return b"".join(rows)

    return change


CASES = (
    BadDelivery(
        "every fault of values and columns",
        (
            Expected(
                Kind.DOUBLED_COLUMN,
                "The name is used 2 times: columns 5 ('v1'), 9 ('V1').",
                "v1",
                2,
            ),
            unknown("mail", "It seems to hold e-mail addresses."),
            unknown("V1"),
            *missing("v3"),
            Expected(
                Kind.MISSING_RESPONDENT_ID,
                "Respondents have no id.",
                "nr",
                rows=(9,),
                values={"  ": 1},
            ),
            Expected(
                Kind.DOUBLED_RESPONDENT_ID, SHARED_ID, "nr", 2, rows=(2, 4), values={"r0001": 2}
            ),
            Expected(
                Kind.BLANK_STRATUM,
                "Respondents belong to no sampled unit, so that they cannot be weighted.",
                "org",
                2,
                rows=(7, 8),
                values={"": 2},
            ),
            no_group("org", (2,), {"EZ": 1}),
            no_group("rol", (6,), {"directeur": 1}),
            Expected(Kind.INVALID_WEIGHT, NO_WEIGHT, "gewicht", rows=(2,), values={"0": 1}),
            no_code("v1", (3, 5, 13), {"9": 2, "x": 1}),
            no_code("v2", (2, 4), {" 1": 1, "1.0": 1}),
        ),
        table=together(
            put("v1", {3: "9", 5: "9", 13: "x"}),
            put("v2", {2: "1.0", 4: " 1"}),
            put(ROLE, {6: "directeur"}),
            put(STRATUM, {2: "EZ", 7: None, 8: None}),
            put(RESPONDENT, {4: "r0001", 9: "  "}),
            put(WEIGHT, {2: "0"}),
            without("v3"),
            added("mail", "jan@rijk.nl"),
            added("V1", "1"),
        ),
    ),
    BadDelivery(
        "rows that cannot be read beside codes outside the scale",
        (
            Expected(
                Kind.WRONG_ENCODING,
                "Rows are not UTF-8: in row 6, the first, byte 4 is 0xE9 ('é' if the file is windows-1252).",
                rows=(6,),
            ),
            Expected(Kind.UNREADABLE, "Rows have more cells than the header.", rows=(5,)),
            no_code("v1", (3, 10), {"9": 1, "é": 1}),
        ),
        table=put("v1", {3: "9", 10: "é"}),
        content=on_rows(row_5=b"r0004,FIN,,1,8,3,3,ja,too,many\n", row_6=b"caf\xe9\n"),
    ),
    BadDelivery(
        "no wave, the same name twice and a short row",
        (
            Expected(
                Kind.UNKNOWN_WAVE,
                "The name of the file fits the pattern of no wave, or of several (2022: *2022*, 2024: *2024*).",
            ),
            Expected(Kind.UNREADABLE, "Rows have fewer cells than the header.", rows=(14,)),
            Expected(
                Kind.DOUBLED_COLUMN,
                "The name is used 2 times: columns 5 ('v1'), 8 ('v1').",
                "v1",
                2,
            ),
        ),
        file_name="wave.csv",
        content=lambda content: content.replace(MARKER.encode(), b"v1", 1) + b"short\n",
    ),
    BadDelivery(
        "cut in the last row, a missing item and a doubled id",
        (
            Expected(Kind.TRUNCATED, "The file breaks off in its last row, row 13.", rows=(13,)),
            *missing("v2"),
            Expected(
                Kind.DOUBLED_RESPONDENT_ID, SHARED_ID, "nr", 2, rows=(2, 3), values={"r0001": 2}
            ),
        ),
        table=together(without("v2"), put(RESPONDENT, {3: "r0001"})),
        content=lambda content: content[:-8],
    ),
    BadDelivery(
        "cut gzip file with an unknown column",
        (
            Expected(
                Kind.TRUNCATED,
                "The packed file is cut off or damaged: Compressed file ended before the end-of-stream marker was reached.",
            ),
        ),
        file_name="bad_2022.csv.gz",
        table=added("v9"),
        content=lambda content: content[:-8],
    ),
    BadDelivery(
        "last line without its end and a wrong group",
        (
            warned(
                Kind.TRUNCATED,
                "The last row does not end its line: its last value may have been cut off.",
            ),
            no_group("rol", (2,), {"X": 1}),
        ),
        table=put(ROLE, {2: "X"}),
        content=lambda content: content[:-1],
    ),
)
